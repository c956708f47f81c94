// Why an answer went the way it did: the route taken beside those turned down, as bars of predicted speed.
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { CODEC_NOTES, DRAFTER_NAMES } from '../format/describe-mode.ts';
import { formatRate } from '../format/format-count.ts';
import { formatMs } from '../format/format-ms.ts';
import { compareRoutes, type RouteBar } from '../format/route-bars.ts';
import { tellRoute } from '../format/tell-route.ts';
import { uiText } from '../text/english/ui.ts';
import { ProgramWords } from './program-words.tsx';

interface Props {
  plan: RoutePlan;
  /** What came of it; missing while it is under way. */
  outcome?: { tokensPerSecond: number; timeToFirstTokenMs: number };
}

export function RouteChoice({ plan, outcome }: Props) {
  const text = uiText.route;
  const bars = compareRoutes(plan, outcome?.tokensPerSecond);
  return (
    <section data-testid="route-choice" data-mode={plan.mode} data-local={plan.local}>
      <p className="label">{text.title}</p>
      <Why facts={plan.facts} said={plan.reason} className="mt-1" />
      <table className="mt-2 text-left">
        <caption className="sr-only">{text.table}</caption>
        <thead>
          <tr className="text-muted">
            <td />
            <th scope="col" className="pr-5 text-right font-normal">
              {text.predicted}
            </th>
            <th scope="col" className="text-right font-normal">
              {text.measured}
            </th>
          </tr>
        </thead>
        <tbody>
          <Row
            name={text.speed}
            predicted={formatRate(plan.predicted.tokensPerSecond)}
            measured={outcome ? formatRate(outcome.tokensPerSecond) : '…'}
          />
          <Row
            name={text.firstToken}
            predicted={formatMs(plan.predicted.timeToFirstTokenMs)}
            // Nobody here has measured it where another page began the answer.
            measured={outcome ? formatMs(outcome.timeToFirstTokenMs || Number.NaN) : '…'}
          />
        </tbody>
      </table>
      {plan.drafter !== 'none' && <p className="mt-1 text-muted">{text.drafts(DRAFTER_NAMES[plan.drafter])}</p>}
      {plan.codec && plan.codec !== 'exact' && <p className="mt-1 text-muted">{CODEC_NOTES[plan.codec]}</p>}
      <ul className="mt-3 space-y-2.5">
        {bars.map((bar) => (
          <Bar key={bar.key} bar={bar} />
        ))}
      </ul>
      {bars.length > 1 && <p className="mt-2 text-muted text-xs">{text.bars}</p>}
    </section>
  );
}

/** An older server says it only in English. */
function Why({ facts, said, className }: Pick<RoutePlan, 'facts'> & { said: string; className: string }) {
  return facts ? <p className={className}>{tellRoute(facts)}</p> : <ProgramWords said={said} className={className} />;
}

function Row({ name, predicted, measured }: { name: string; predicted: string; measured: string }) {
  return (
    <tr>
      <th scope="row" className="pr-5 font-normal text-muted">
        {name}
      </th>
      <td className="pr-5 text-right font-mono">{predicted}</td>
      <td className="text-right font-mono">{measured}</td>
    </tr>
  );
}

function Bar({ bar }: { bar: RouteBar }) {
  return (
    <li>
      <p className="flex flex-wrap justify-between gap-x-4">
        <span className={bar.chosen ? 'font-semibold' : ''}>
          {bar.name}
          {bar.chosen && (
            <span className="ml-2 rounded-sm bg-accent px-1.5 text-on-accent text-xs">{uiText.route.taken}</span>
          )}
        </span>
        <span className="font-mono text-muted">
          {bar.predicted ? formatRate(bar.predicted.tokensPerSecond) : uiText.route.impossible}
        </span>
      </p>
      <div className="relative mt-0.5 h-2.5 rounded-sm bg-line" aria-hidden="true">
        <span
          className={`absolute inset-y-0 left-0 rounded-sm ${bar.chosen ? 'bg-accent' : 'bg-rest'}`}
          style={{ width: `${bar.percent}%` }}
        />
        {bar.actualPercent !== undefined && (
          <span
            className="absolute -inset-y-1 w-0.5 -translate-x-full bg-ink"
            style={{ left: `${bar.actualPercent}%` }}
          />
        )}
      </div>
      {!bar.chosen && <Why facts={bar.facts} said={bar.why} className="mt-0.5 text-muted" />}
    </li>
  );
}
