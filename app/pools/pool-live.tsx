// What a pool does right now: its ring with measured times, its queue, its model, how it answered last and how well that
// was foreseen.
import type { Coalition } from '../../protocol/control.ts';
import type { PoolLive as Live } from '../../protocol/http/pool-state.ts';
import { MAX_HOP_LABELS } from '../format/ring-layout.ts';
import { readRingTimes } from '../format/ring-times.ts';
import { poolsText } from '../text/english/pools.ts';
import { Card } from '../ui/card.tsx';
import { CoalitionRing } from '../ui/coalition-ring.tsx';
import { PredictionChart } from '../ui/prediction-chart.tsx';
import { RouteChoice } from '../ui/route-choice.tsx';
import { ModelFacts } from './model-facts.tsx';
import { PoolMembers } from './pool-members.tsx';
import { PoolQueue } from './pool-queue.tsx';

export function PoolLive({ live }: { live: Live }) {
  const text = poolsText.live;
  const first = live.serving ?? live.forming;
  const times = first ? readRingTimes(first, live) : undefined;
  const last = live.recent[0];
  // Beside the ring is room for it until there are answers to tell of.
  const facts = live.details && <ModelFacts facts={live.details} />;
  return (
    <>
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <div className="min-w-0 space-y-5">
          <Card title={live.further.length > 0 ? text.rings : text.ring}>
            <CoalitionRing
              coalition={coalitionOf(live, first)}
              active={live.running > 0}
              measured={times}
              className="mx-auto w-full max-w-md"
            />
            {times && (
              <p className="text-muted text-sm">
                {text.legends[times.source]}
                {times.source === 'answer' && times.stageMs.length <= MAX_HOP_LABELS && ` ${text.hops}`}
              </p>
            )}
            {live.further.length > 0 && <FurtherRings live={live} />}
            <div className="mt-4 border-line border-t pt-4">
              <PoolQueue running={live.running} waiting={live.waiting} />
            </div>
          </Card>
          {last && facts}
        </div>
        <div className="min-w-0 space-y-5">
          {!last && facts}
          <Card title={text.predictions}>
            <div className="space-y-5">
              <PredictionChart
                pairs={live.recent.map(({ predicted, outcome }) => ({
                  predicted: predicted.tokensPerSecond,
                  actual: outcome.tokensPerSecond,
                }))}
              />
              {last && (
                <div className="border-line border-t pt-4 text-sm">
                  <h3 className="mb-2 font-semibold">{text.last}</h3>
                  <RouteChoice plan={last.plan} outcome={last.outcome} />
                </div>
              )}
            </div>
          </Card>
        </div>
      </div>
      <Card title={text.tabs}>
        <PoolMembers live={live} />
      </Card>
    </>
  );
}

/** Rings that formed of tabs in reserve while people waited. */
function FurtherRings({ live }: { live: Live }) {
  return (
    <div className="mt-4 border-line border-t pt-4" data-testid="further-rings">
      <p className="text-muted text-sm">{poolsText.live.further(live.further.length)}</p>
      <div className={live.further.length > 1 ? 'grid gap-4 sm:grid-cols-2' : ''}>
        {live.further.map((coalition) => (
          <CoalitionRing
            key={coalition.epoch}
            coalition={coalitionOf(live, coalition)}
            active={live.running > 0}
            measured={readRingTimes(coalition, live)}
            className="mx-auto w-full max-w-md"
          />
        ))}
      </div>
    </div>
  );
}

/** The coalition as the ring's picture wants it. */
function coalitionOf({ pool, model, members }: Live, coalition: Live['serving']): Coalition | undefined {
  if (!coalition) return undefined;
  const devices = new Map(members.map((member) => [member.peer, member.device]));
  const seats = coalition.seats.map((seat) => ({ ...seat, device: devices.get(seat.peer) ?? '' }));
  return { pool, model, epoch: coalition.epoch, state: coalition.state, seats };
}
