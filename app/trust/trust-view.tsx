// How this device comes to trust the server: whether it does, the certificate with its fingerprint, what to press on each system,
// and how another device gets here.
import { AUTHORITY_PATH } from '../../protocol/http/read-trust.ts';
import { useSearchParams } from '../route/address.ts';
import { PageLink } from '../route/page-link.tsx';
import { fetchTrust, plainOrigin } from '../state/read-trust.ts';
import { useRemote } from '../state/use-remote.ts';
import { trustText } from '../text/english/trust.ts';
import { uiText } from '../text/english/ui.ts';
import { fill } from '../text/fill.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { guessSystem, SYSTEMS } from './guess-system.ts';
import { secureAddress, wishOf } from './trust-query.ts';
import { useTrusted } from './use-trusted.ts';

export function TrustView() {
  const { value, error, reload } = useRemote(fetchTrust);
  if (error) return <ErrorCard error={error} onRetry={reload} />;
  if (!value) return <LoadingLine>{uiText.oneMoment}</LoadingLine>;
  if (!value.authority) return <NothingToTrust />;
  const { fingerprint, plain } = value.authority;
  return (
    <>
      <State />
      <Card title={trustText.fetch.title}>
        <p>
          <a className="button button-primary" href={AUTHORITY_PATH} download="computepool.crt">
            {trustText.fetch.download}
          </a>
        </p>
        <p className="mt-4 max-w-prose">{trustText.fetch.compare}</p>
        <p
          data-testid="fingerprint"
          data-words="program"
          className="mt-2 break-words rounded border border-line bg-paper px-3 py-2 font-mono text-sm"
        >
          {fingerprint.replaceAll(':', ': ').trim()}
        </p>
      </Card>
      <Systems />
      {plain.length > 0 && <OtherDevice plain={plain} />}
      <p className="max-w-prose text-muted text-sm">{trustText.meaning}</p>
    </>
  );
}

function NothingToTrust() {
  return (
    <div className="panel p-4 sm:p-6" data-testid="trust-none">
      <p className="max-w-prose">{trustText.none}</p>
      <p className="mt-4">
        <PageLink href="/" className="button">
          {trustText.toStart}
        </PageLink>
      </p>
    </div>
  );
}

function State() {
  const query = useSearchParams();
  const address = secureAddress(window.location, wishOf(query));
  // Whoever was on the way to a page, and trusts the server already, is not held up.
  const { trusted, look } = useTrusted(window.location, query.has('to') ? address : undefined);
  const texts = { looking: trustText.looking, yes: trustText.trusted, no: trustText.untrusted };
  return (
    <div
      className="panel flex flex-wrap items-center justify-between gap-4 p-4 sm:p-6"
      data-testid="trusted"
      data-trusted={trusted}
    >
      <p role="status" className="font-semibold">
        {texts[trusted]}
      </p>
      <p className="flex flex-wrap gap-2">
        {trusted === 'no' && (
          <button type="button" className="button" onClick={look}>
            {trustText.lookAgain}
          </button>
        )}
        {trusted === 'yes' && (
          <a className="button button-primary" href={address}>
            {trustText.goOn}
          </a>
        )}
      </p>
    </div>
  );
}

function Systems() {
  const guess = guessSystem(navigator.userAgent, navigator.maxTouchPoints);
  return (
    <Card title={trustText.install.title}>
      {SYSTEMS.map((system) => (
        <details
          key={system}
          open={system === guess}
          data-testid={`system-${system}`}
          className="border-line border-t py-1"
        >
          <summary className="py-2 font-medium">{trustText.install.systems[system].name}</summary>
          <ol className="mb-3 max-w-prose list-decimal space-y-1 pl-6">
            {trustText.install.systems[system].steps.split('\n').map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      ))}
    </Card>
  );
}

function OtherDevice({ plain }: { plain: readonly string[] }) {
  const { search } = window.location;
  const best = plainOrigin(plain) ?? '';
  const address = `${best}/trust${search}`;
  return (
    <Card title={trustText.others.title}>
      <div className="flex flex-wrap items-start gap-6">
        <div className="min-w-0 flex-1 basis-64 space-y-2">
          <p>
            {fill(trustText.others.open, {
              address: (
                <span data-words="program" className="break-all font-mono text-sm">
                  {address}
                </span>
              ),
            })}
          </p>
          {plain.length > 1 && <p className="text-muted text-sm">{trustText.others.names}</p>}
          <ul className="list-disc space-y-1 pl-5 text-sm">
            {plain
              .filter((origin) => origin !== best)
              .map((origin) => (
                <li key={origin} data-words="program" className="break-all font-mono">
                  {origin}
                </li>
              ))}
          </ul>
        </div>
        <QrCode text={address} title={trustText.others.qrCode} />
      </div>
    </Card>
  );
}
