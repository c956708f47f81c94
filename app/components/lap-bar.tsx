// One lap as a bar: computing, waiting, hopping, returning. Colours are named in the legend with their figures.
import type { AnswerStats } from '../../shard-worker/index.ts';
import { formatMs } from '../format/format-ms.ts';
import { type LapPart, splitLap } from '../format/lap-parts.ts';

const COLOURS: Record<LapPart['name'], string> = {
  compute: 'bg-accent',
  wait: 'bg-wait',
  hops: 'bg-hop',
  return: 'bg-return',
  rest: 'bg-rest',
};

export function LapBar({ stats }: { stats: AnswerStats }) {
  const parts = splitLap(stats);
  if (parts.length === 0) return null;
  return (
    <div>
      <p className="label">One lap</p>
      <div className="mt-1 flex h-4 gap-px overflow-hidden rounded-sm" aria-hidden="true">
        {parts.map((part) => (
          <span key={part.name} className={COLOURS[part.name]} style={{ width: `${part.percent}%` }} />
        ))}
      </div>
      <ul className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1">
        {parts.map((part) => (
          <li key={part.name} className="flex items-center gap-1.5">
            <span className={`size-2.5 rounded-[2px] ${COLOURS[part.name]}`} aria-hidden="true" />
            {part.label} <span className="font-mono">{formatMs(part.ms)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
