// Tokens per second of the last minute as a small line.
import { formatRate } from '../format/format-count.ts';
import { drawSparkline } from '../format/sparkline-path.ts';
import { joinText } from '../text/english/join.ts';

const WIDTH = 180;
const HEIGHT = 32;

export function Sparkline({ values }: { values: readonly number[] }) {
  const path = drawSparkline(values, WIDTH, HEIGHT - 2);
  const label = joinText.served.rate(values.length, formatRate(values.at(-1) ?? 0));
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={label} className="max-w-full">
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} className="stroke-line" fill="none" />
      <path d={path} transform="translate(0 1)" className="stroke-accent" strokeWidth="1.5" fill="none" />
    </svg>
  );
}
