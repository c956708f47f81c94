// A pool as a small ring: as many dots as stages, filled where the coalition answers. A sign, not a figure.
import { layoutRing } from '../format/ring-layout.ts';

interface Props {
  stages: number;
  ready: boolean;
}

const CIRCLE = { centerX: 24, centerY: 24, radius: 16 };
/** More dots would run together at this size. */
const MAX_DOTS = 12;

export function PoolGlyph({ stages, ready }: Props) {
  const { nodes } = layoutRing(Math.min(stages, MAX_DOTS), CIRCLE);
  return (
    <svg viewBox="0 0 48 48" aria-hidden="true" className="size-12 shrink-0">
      <circle
        cx={CIRCLE.centerX}
        cy={CIRCLE.centerY}
        r={CIRCLE.radius}
        fill="none"
        strokeWidth="1.5"
        strokeDasharray={ready ? undefined : '2 4'}
        className={ready ? 'stroke-accent' : 'stroke-control'}
      />
      <rect x="20" y="4" width="8" height="8" rx="1.5" className="fill-ink" />
      {nodes.slice(1).map((node) => (
        <circle
          key={node.angle}
          cx={node.x}
          cy={node.y}
          r="4.5"
          strokeWidth="1.5"
          className={ready ? 'fill-accent stroke-panel' : 'fill-panel stroke-control'}
        />
      ))}
    </svg>
  );
}
