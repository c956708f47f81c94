// An address as a QR code, for the camera of another device. Drawn here; nothing is asked of anybody.
import { encode } from 'uqr';

/** Cells that have to stay light around it, by ISO/IEC 18004. */
const QUIET_CELLS = 4;

export function QrCode({ text, title }: { text: string; title: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_CELLS });
  return (
    <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={title} shapeRendering="crispEdges" className="size-48">
      {/* Dark on light in either scheme: few cameras read it the other way round. */}
      <rect width={size} height={size} fill="#ffffff" />
      <path d={pathOf(data)} fill="#000000" />
    </svg>
  );
}

/** Each run of dark cells of a row as one rectangle. */
export function pathOf(cells: readonly (readonly boolean[])[]): string {
  let path = '';
  for (const [y, row] of cells.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x += 1;
      const length = x - from + 1;
      path += `M${from} ${y}h${length}v1h-${length}z`;
    }
  }
  return path;
}
