// The ring of the demonstration: the pool's own picture, and over it what is on a wire now. Where motion is not wanted nothing flies;
// the list beside it tells the same.
import { formatBytes } from '../format/format-bytes.ts';
import { layoutRing } from '../format/ring-layout.ts';
import { storyText } from '../text/english/story.ts';
import { CIRCLE, CoalitionRing, MEASURED_BOX } from '../ui/coalition-ring.tsx';
import { type DemonstrationState, type NumberedHop, SHOWN_STAGES, SLOW_MS } from './demonstration.ts';
import { flyAlong } from './fly.ts';

interface Props {
  state: DemonstrationState;
  /** Hops are held back, so that they may be followed. */
  isSlow: boolean;
  isStill: boolean;
}

export function RingPicture({ state, isSlow, isStill }: Props) {
  const { ring, flying, stageMs, answer } = state;
  const route = answer?.stats.route;
  const measured = {
    stageMs: route ? route.map(({ computeMs }) => computeMs) : stageMs,
    hopMs: [],
  };
  return (
    <div className="relative mx-auto w-full max-w-md">
      <CoalitionRing
        coalition={ring?.coalition}
        asker={storyText.asker}
        measured={measured}
        own={ring?.coalition?.seats.map(({ peer }) => peer)}
        className="w-full"
      />
      {!isStill && (
        <svg viewBox={MEASURED_BOX} aria-hidden="true" className="pointer-events-none absolute inset-0 w-full">
          {flying.map((hop) => (
            <Flight key={hop.number} hop={hop} isSlow={isSlow} />
          ))}
        </svg>
      )}
    </div>
  );
}

function Flight({ hop, isSlow }: { hop: NumberedHop; isSlow: boolean }) {
  const path = flyAlong(layoutRing(SHOWN_STAGES, CIRCLE), hop);
  if (path === undefined) return null;
  const colour = hop.kind === 'hidden' ? 'stroke-hop' : 'stroke-return';
  const fill = hop.kind === 'hidden' ? 'fill-hop' : 'fill-return';
  return (
    <g>
      <path d={path} fill="none" strokeWidth="4" strokeLinecap="round" opacity="0.45" className={colour} />
      {isSlow && (
        <g className="flight" style={{ offsetPath: `path("${path}")`, animationDuration: `${SLOW_MS}ms` }}>
          <circle r="6" className={fill} />
          <text y="-10" textAnchor="middle" className={`${fill} font-mono text-[11px]`}>
            {formatBytes(hop.bytes)}
          </text>
        </g>
      )}
    </g>
  );
}
