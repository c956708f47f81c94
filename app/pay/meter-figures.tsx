// What a paid session has cost so far, told anew each second, and whether the chain says so or this page has counted on.
import { payText } from '../text/english/pay.ts';
import { asideOf, meterAt, type Reading } from './meter.ts';
import { formatUsdc } from './pay-figures.ts';
import { useNowMs } from './use-paid-session.ts';

/** Less is what roundings leave. Dollars. */
const LEAST_SHOWN = 0.000_01;

export function MeterFigures({ reading }: { reading: Reading }) {
  const nowMs = useNowMs(reading.session.state === 'streaming');
  const { paid, left, perSecond, source } = meterAt(reading, Math.max(nowMs, reading.readMs));
  const { session } = payText;
  const aside = asideOf(reading.session);
  return (
    <div className="mt-2" data-testid="pay-meter" data-paid={paid} data-left={left} data-source={source}>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-1">
        <div>
          <dt className="label">{session.paid}</dt>
          <dd className="font-mono">
            {formatUsdc(paid)}{' '}
            <span className="rounded-sm border border-line px-1 text-muted text-xs" title={session.sourceHint}>
              {session[source]}
            </span>
          </dd>
        </div>
        <div>
          <dt className="label">{session.left}</dt>
          <dd className="font-mono">{formatUsdc(left)}</dd>
        </div>
      </dl>
      {aside >= LEAST_SHOWN && <p className="text-muted">{session.aside(formatUsdc(aside))}</p>}
      {perSecond > 0 && <p className="text-muted">{session.perSecond(formatUsdc(perSecond))}</p>}
    </div>
  );
}
