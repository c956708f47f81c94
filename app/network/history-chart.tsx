// One small chart of the past: an area, or bars, the newest at the right edge. Its sentence says what it shows.
import { formatCount } from '../format/format-count.ts';
import { drawArea, drawBars } from './draw-history.ts';

interface ChartSeries {
  values: readonly number[];
  kind: 'area' | 'bars';
  colour: 'accent' | 'hop' | 'danger';
}

interface Props {
  title: string;
  told: string;
  series: readonly ChartSeries[];
  /** Points that fill the whole width. */
  most: number;
}

const WIDTH = 320;
const HEIGHT = 90;
const STROKES = { accent: 'stroke-accent', hop: 'stroke-hop', danger: 'stroke-danger' };
const FILLS = { accent: 'fill-accent', hop: 'fill-hop', danger: 'fill-danger' };

export function HistoryChart({ title, told, series, most }: Props) {
  const top = Math.max(1, ...series.flatMap(({ values }) => values));
  const box = { width: WIDTH, height: HEIGHT, most, top };
  return (
    <figure className="min-w-0">
      <figcaption className="flex items-baseline justify-between gap-3">
        <h3 className="label">{title}</h3>
        <span aria-hidden="true" className="font-mono text-muted text-xs">
          {formatCount(top)}
        </span>
      </figcaption>
      <div className="mt-1.5">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          className="h-24 w-full overflow-visible"
        >
          <path d={`M0 ${HEIGHT}H${WIDTH}M0 0.5H${WIDTH}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
          {series.map(({ values, kind, colour }, at) =>
            kind === 'area' ? (
              <g key={colour}>
                <path d={drawArea(values, box)} fillOpacity="0.14" className={FILLS[colour]} />
                <path
                  d={drawArea(values, box, false)}
                  fill="none"
                  strokeWidth="1.5"
                  vectorEffect="non-scaling-stroke"
                  className={STROKES[colour]}
                />
              </g>
            ) : (
              <path key={colour} d={drawBars(values, box, at, series.length)} className={FILLS[colour]} />
            ),
          )}
        </svg>
      </div>
      <p className="mt-1.5 text-muted text-sm">{told}</p>
    </figure>
  );
}
