// Predicted against measured speed, a dot per answer. On the diagonal the planner was right; above it, too careful.
import { layoutPredictions, type PredictionPair } from '../format/prediction-points.ts';
import { uiText } from '../text/english/ui.ts';
import { fill } from '../text/fill.ts';

interface Props {
  pairs: readonly PredictionPair[];
}

const SIZE = 200;
const LEFT = 34;
const BOTTOM = 26;
const TICKS = [0, 0.5, 1];

export function PredictionChart({ pairs }: Props) {
  const text = uiText.predictions;
  const { points, top, medianErrorPercent } = layoutPredictions(pairs);
  if (points.length === 0) return <p className="text-muted text-sm">{text.none}</p>;
  const error = `${Math.round(medianErrorPercent ?? 0)} %`;
  const label = text.label(points.length, error);
  const height = SIZE + BOTTOM + 12;
  return (
    <figure className="w-full max-w-xs">
      <svg viewBox={`0 0 ${LEFT + SIZE + 12} ${height}`} role="img" aria-label={label} className="w-full">
        <g transform={`translate(${LEFT} 8)`}>
          {TICKS.map((tick) => (
            <g key={tick} className="fill-muted font-mono text-[10px]">
              <path d={`M0 ${SIZE * (1 - tick)}H${SIZE}M${SIZE * tick} 0V${SIZE}`} className="stroke-line" />
              <text x="-5" y={SIZE * (1 - tick) + 3.5} textAnchor="end">
                {tick * top}
              </text>
              <text x={SIZE * tick} y={SIZE + 13} textAnchor="middle">
                {tick * top}
              </text>
            </g>
          ))}
          <path d={`M0 ${SIZE}L${SIZE} 0`} className="stroke-control" strokeDasharray="4 4" />
          {points.map((point, index) => (
            <circle
              // biome-ignore lint/suspicious/noArrayIndexKey: dots have no identity and no state
              key={index}
              cx={point.x * SIZE}
              cy={(1 - point.y) * SIZE}
              r="4"
              className="fill-accent stroke-panel"
            />
          ))}
          <text x={SIZE} y={SIZE + 25} textAnchor="end" className="fill-muted text-[10px]">
            {text.predicted}
          </text>
          <text x="4" y="9" className="fill-muted text-[10px]">
            {text.measured}
          </text>
        </g>
      </svg>
      <figcaption className="mt-1 text-muted text-sm">
        {fill(text.caption, { error: <span className="font-mono">{error}</span> })}
      </figcaption>
    </figure>
  );
}
