// Brings another device to this pool: a link, a button that copies it, and a QR code.
import { type PoolId, poolRefOf } from '../../protocol/pool-id.ts';
import { joinAddress } from '../state/page-address.ts';
import { joinText } from '../text/english/join.ts';
import { fill } from '../text/fill.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { isOwnDevice } from './is-own-device.ts';
import { QrCode } from './qr-code.tsx';

export function Invite({ pool }: { pool: PoolId }) {
  const { origin, hostname } = window.location;
  const link = `${origin}${joinAddress(poolRefOf(pool))}`;
  const isOwn = isOwnDevice(hostname);
  return (
    <details className="mt-5 border-line border-t pt-4" data-testid="invite">
      <summary className="font-medium">{joinText.invite.summary}</summary>
      <div className="mt-3 flex flex-wrap items-start gap-6">
        <div className="min-w-0 flex-1 basis-72 space-y-3">
          <p>{isOwn ? joinText.invite.otherWindow : joinText.invite.otherDevice}</p>
          <p data-words="program" className="break-all rounded border border-line bg-paper px-3 py-2 font-mono text-sm">
            {link}
          </p>
          <CopyButton text={link} what="invite" />
          {isOwn && <OwnDevice origin={origin} />}
        </div>
        {!isOwn && <QrCode text={link} title={joinText.invite.qrCode} />}
      </div>
    </details>
  );
}

function OwnDevice({ origin }: { origin: string }) {
  return (
    <p className="rounded-md border border-control bg-warn-soft px-4 py-3 text-sm" data-testid="invite-own-device">
      {fill(joinText.invite.ownDevice, {
        origin,
        command: <code className="font-mono">npm start -- --host 0.0.0.0 --public-url https://its.name</code>,
      })}
    </p>
  );
}
