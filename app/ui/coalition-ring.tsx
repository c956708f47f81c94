// The coalition as a picture: who asks on top, stages clockwise with their layers, arrows along a token's way.
import type { Coalition, Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { formatPlural } from '../format/format-count.ts';
import { formatLayers } from '../format/format-model.ts';
import { formatMs } from '../format/format-ms.ts';
import { layoutRing, placeLabel, type RingArc, type RingNode } from '../format/ring-layout.ts';

interface Props {
  coalition: Coalition | undefined;
  /** Seats of these peers are filled: they are in this window. */
  own?: readonly PeerId[];
  /** What stands for the driver, e.g. "you" or "asker". */
  driver: string;
  /** Tokens are travelling now. */
  active?: boolean;
  className?: string;
  /** Mean milliseconds per token, where measured: in each seat, and on each arc (the last one leads back). */
  measured?: { stageMs: readonly (number | undefined)[]; hopMs: readonly (number | undefined)[] };
}

const CIRCLE = { centerX: 180, centerY: 128, radius: 86 };
/** Beyond this many stages labels would overlap; the list beside the picture has them. */
const MAX_LABELS = 12;

export function CoalitionRing({ coalition, own = [], driver, active = false, className = '', measured }: Props) {
  const seats = coalition?.seats ?? [];
  const { nodes, nodeRadius, driverRadius, arcs } = layoutRing(seats.length, CIRCLE);
  const label =
    seats.length === 0
      ? 'No tabs are joined yet'
      : `${formatPlural(seats.length, 'tab')} in a ring: ${seats.map((seat) => formatLayers(seat.start, seat.end)).join(', ')}`;
  return (
    <svg
      viewBox={`0 12 360 ${measured ? 262 : 244}`}
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
          <path
            d={arc.path}
            fill="none"
            strokeWidth="1.5"
            className={`${coalition?.state === 'ready' ? 'stroke-accent' : 'stroke-control'} ${active ? 'ring-flow' : ''}`}
          />
          <path
            d="M-6 -4L1 0L-6 4"
            fill="none"
            strokeWidth="1.5"
            transform={`translate(${arc.tip.x} ${arc.tip.y}) rotate(${arc.tip.degrees})`}
            className={coalition?.state === 'ready' ? 'stroke-accent' : 'stroke-control'}
          />
          {seats.length <= MAX_LABELS && <HopLabel arc={arc} ms={measured?.hopMs[index]} />}
        </g>
      ))}
      <DriverNode node={nodes[0]!} radius={driverRadius} name={driver} />
      {seats.map((seat, index) => (
        <SeatNode
          key={seat.peer}
          seat={seat}
          index={index}
          node={nodes[index + 1]!}
          radius={nodeRadius}
          own={own.includes(seat.peer)}
          labelled={seats.length <= MAX_LABELS}
          ms={measured?.stageMs[index]}
        />
      ))}
    </svg>
  );
}

/** Inside the ring, where the stages' own labels are not. */
function HopLabel({ arc, ms }: { arc: RingArc; ms: number | undefined }) {
  if (ms === undefined) return null;
  const { x, y, angle } = arc.middle;
  return (
    <text
      x={x - 8 * Math.cos(angle)}
      y={y - 8 * Math.sin(angle) + 4}
      textAnchor={Math.cos(angle) > 0.3 ? 'end' : Math.cos(angle) < -0.3 ? 'start' : 'middle'}
      className="fill-hop font-mono text-[11px]"
    >
      {formatMs(ms)}
    </text>
  );
}

function DriverNode({ node, radius, name }: { node: RingNode; radius: number; name: string }) {
  return (
    <g>
      <rect
        x={node.x - radius}
        y={node.y - radius * 0.8}
        width={2 * radius}
        height={1.6 * radius}
        rx="3"
        strokeWidth="1.5"
        className="fill-panel stroke-ink"
      />
      <text x={node.x} y={node.y + 4} textAnchor="middle" className="fill-ink font-medium text-[12px]">
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
  const label = placeLabel(node, radius + 10);
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
          {formatLayers(seat.start, seat.end)}
          {ms !== undefined && (
            <tspan x={label.x} dy="15" className="fill-muted">
              {formatMs(ms)}
            </tspan>
          )}
        </text>
      )}
    </g>
  );
}
