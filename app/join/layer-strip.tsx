// All layers of a model in a row; the ones of this tab stand out.
import { layoutStrip } from '../format/layer-strip.ts';
import { joinText } from '../text/english/join.ts';
import { nameParts } from '../ui/name-parts.ts';

interface Props {
  layers: number;
  ranges: readonly { start: number; end: number; own: boolean }[];
}

/** Up to this many layers each gets a tick; beyond, ticks would merge into grey. */
const MAX_TICKS = 64;

export function LayerStrip({ layers, ranges }: Props) {
  const own = ranges.find((range) => range.own);
  const label = own ? joinText.slice.strip(nameParts(own.start, own.end), layers) : joinText.slice.stripNone(layers);
  return (
    <div>
      <div role="img" aria-label={label} className="relative h-6 overflow-hidden rounded-sm border border-control">
        {layoutStrip(layers, ranges).map((segment) => (
          <span
            key={segment.start}
            className={`absolute inset-y-0 border-panel border-x ${segment.own ? 'bg-accent' : 'bg-accent-soft'}`}
            style={{ left: `${segment.leftPercent}%`, width: `${segment.widthPercent}%` }}
          />
        ))}
        {layers <= MAX_TICKS && <Ticks layers={layers} />}
      </div>
      <div className="mt-1 flex justify-between font-mono text-muted text-xs" aria-hidden="true">
        <span>1</span>
        <span>{layers}</span>
      </div>
    </div>
  );
}

function Ticks({ layers }: { layers: number }) {
  return (
    <svg
      viewBox={`0 0 ${layers} 1`}
      preserveAspectRatio="none"
      className="absolute inset-0 h-full w-full"
      aria-hidden="true"
    >
      {Array.from({ length: layers - 1 }, (_, index) => index + 1).map((layer) => (
        <path
          key={layer}
          d={`M${layer} 0V1`}
          className="stroke-control"
          strokeOpacity="0.55"
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}
