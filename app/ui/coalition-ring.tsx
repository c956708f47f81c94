// The coalition as a picture: stages clockwise with their parts of the model, arrows along a token's way, and in the middle who asks: the question
// goes to the entry, tokens come from the exit.
import { useEffect, useState } from 'react';
import type { Coalition, Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { formatMs } from '../format/format-ms.ts';
import {
  type ArrowTip,
  LABEL_LINE,
  layoutRing,
  MAX_HOP_LABELS,
  placeHop,
  placeLabel,
  type RingArc,
  type RingLayout,
  type RingNode,
} from '../format/ring-layout.ts';
import { uiText } from '../text/english/ui.ts';
import { nameParts } from './name-parts.ts';

interface Props {
  coalition: Coalition | undefined;
  /** Seats of these peers are filled: they are in this window. */
  own?: readonly PeerId[];
  /** What stands for who asks, e.g. "you"; else it is anybody. */
  asker?: string;
  /** Tokens are travelling now. */
  active?: boolean;
  className?: string;
  /** Mean milliseconds per token, where measured: in each seat, and into each (the last one leads back to the entry). */
  measured?: { stageMs: readonly (number | undefined)[]; hopMs: readonly (number | undefined)[] };
}

const STEP_MS = 250;
/** Where the ring stands in its picture. */
export const CIRCLE = { centerX: 180, centerY: 138, radius: 86 };
/** What of the picture is seen where times are written into it: they need room above. */
export const MEASURED_BOX = '0 -7 360 293';
/** Beyond this many stages labels would overlap; the list beside the picture has them. */
const MAX_LABELS = 12;

export function CoalitionRing({
  coalition,
  own = [],
  asker = uiText.ring.asker,
  active = false,
  className = '',
  measured,
}: Props) {
  const seats = coalition?.seats ?? [];
  const { nodes, nodeRadius, arcs, asker: middle, ways } = layoutRing(seats.length, CIRCLE);
  const stroke = coalition?.state === 'ready' ? 'stroke-accent' : 'stroke-control';
  const label =
    seats.length === 0
      ? uiText.ring.none
      : uiText.ring.tabs(seats.length, seats.map((seat) => nameParts(seat.start, seat.end)).join(', '));
  return (
    <svg
      viewBox={measured ? MEASURED_BOX : '0 8 360 262'}
      role="img"
      aria-label={label}
      data-testid="coalition-ring"
      className={className}
    >
      {seats.length === 0 && (
        <circle
          cx={CIRCLE.centerX}
          cy={CIRCLE.centerY}
          r={CIRCLE.radius}
          fill="none"
          className="stroke-control"
          strokeDasharray="2 6"
        />
      )}
      {arcs.map((arc, index) => (
        <g key={arc.path}>
          <Way path={arc.path} active={active} className={stroke} />
          <Tip tip={arc.tip} className={stroke} />
          {seats.length <= MAX_HOP_LABELS && <HopLabel arc={arc} ms={measured?.hopMs[index + 1]} />}
        </g>
      ))}
      {ways.map(({ path, tips }) => (
        <g key={path}>
          <path d={path} fill="none" strokeWidth="1.5" strokeDasharray="2 4" className="stroke-control" />
          {tips.map((tip) => (
            <Tip key={tip.degrees} tip={tip} className="stroke-control" />
          ))}
        </g>
      ))}
      <AskerNode place={middle} name={asker} />
      {seats.map((seat, index) => (
        <SeatNode
          key={seat.peer}
          seat={seat}
          index={index}
          node={nodes[index]!}
          radius={nodeRadius}
          own={own.includes(seat.peer)}
          labelled={seats.length <= MAX_LABELS}
          ms={measured?.stageMs[index]}
        />
      ))}
    </svg>
  );
}

/** Dashes run along the ring while tokens do. */
function Way({ path, active, className }: { path: string; active: boolean; className: string }) {
  const steps = useSteps(active);
  return (
    <path
      d={path}
      fill="none"
      strokeWidth="1.5"
      {...(active ? { strokeDasharray: '5 5', strokeDashoffset: (-2.5 * steps) % 10 } : {})}
      className={className}
    />
  );
}

/** Counts while it is wanted, and where motion is. By a timer: an animation without end takes a third of a core from the model. */
function useSteps(isWanted: boolean): number {
  const [steps, setSteps] = useState(0);
  useEffect(() => {
    if (!isWanted || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const timer = setInterval(() => setSteps((before) => before + 1), STEP_MS);
    return () => clearInterval(timer);
  }, [isWanted]);
  return steps;
}

function HopLabel({ arc, ms }: { arc: RingArc; ms: number | undefined }) {
  if (ms === undefined) return null;
  const { x, y } = placeHop(arc);
  return (
    <text x={x} y={y + 4} textAnchor="middle" className="fill-hop font-mono text-[11px]">
      {formatMs(ms)}
    </text>
  );
}

function Tip({ tip, className }: { tip: ArrowTip; className: string }) {
  return (
    <path
      d="M-6 -4L1 0L-6 4"
      fill="none"
      strokeWidth="1.5"
      transform={`translate(${tip.x} ${tip.y}) rotate(${tip.degrees})`}
      className={className}
    />
  );
}

function AskerNode({ place: { x, y, radius }, name }: { place: RingLayout['asker']; name: string }) {
  return (
    <g>
      <rect
        x={x - radius}
        y={y - radius * 0.6}
        width={2 * radius}
        height={1.2 * radius}
        rx="3"
        strokeWidth="1.5"
        className="fill-panel stroke-ink"
      />
      <text x={x} y={y + 4} textAnchor="middle" className="fill-ink font-medium text-[12px]">
        {name}
      </text>
    </g>
  );
}

interface SeatNodeProps {
  seat: Seat;
  index: number;
  node: RingNode;
  radius: number;
  own: boolean;
  labelled: boolean;
  ms: number | undefined;
}

function SeatNode({ seat, index, node, radius, own, labelled, ms }: SeatNodeProps) {
  const label = placeLabel(node, radius + 10, ms === undefined ? 1 : 2);
  const fill = own ? 'fill-accent' : seat.ready ? 'fill-accent-soft' : 'fill-panel';
  const loaded = seat.totalBytes > 0 ? Math.min(1, seat.loadedBytes / seat.totalBytes) : 0;
  return (
    <g>
      <circle cx={node.x} cy={node.y} r={radius} strokeWidth="1.5" className={`${fill} stroke-control`} />
      <circle
        cx={node.x}
        cy={node.y}
        r={radius}
        pathLength="100"
        strokeDasharray={`${seat.ready ? 100 : 100 * loaded} 100`}
        transform={`rotate(-90 ${node.x} ${node.y})`}
        fill="none"
        strokeWidth="3"
        className="stroke-accent"
      />
      {radius >= 9 && (
        <text
          x={node.x}
          y={node.y + 4.5}
          textAnchor="middle"
          className={`font-semibold text-[14px] ${own ? 'fill-on-accent' : 'fill-ink'}`}
        >
          {index + 1}
        </text>
      )}
      {labelled && (
        <text x={label.x} y={label.y + 4} textAnchor={label.anchor} className="fill-ink font-mono text-[13px]">
          {nameParts(seat.start, seat.end)}
          {ms !== undefined && (
            <tspan x={label.x} dy={LABEL_LINE} className="fill-muted">
              {formatMs(ms)}
            </tspan>
          )}
        </text>
      )}
    </g>
  );
}
