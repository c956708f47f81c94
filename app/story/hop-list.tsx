// The hops of the last laps in words: the picture for who does not see it, and its figures for who does.
import { ASKER } from '../../shard-worker/page-ring.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatMs } from '../format/format-ms.ts';
import { storyText } from '../text/english/story.ts';
import type { NumberedHop } from './demonstration.ts';

const COLOURS = { step: 'text-return', hidden: 'text-hop', result: 'text-return' } as const;

export function HopList({ hops }: { hops: readonly NumberedHop[] }) {
  const text = storyText.hops;
  return (
    <ol reversed className="space-y-1 font-mono text-sm" data-testid="hops">
      {hops.map(({ number, from, to, kind, bytes, tokens, computeMs }) => (
        <li key={number} value={number} className="grid grid-cols-[3.5rem_minmax(0,1fr)] gap-x-2">
          <span className="text-muted">{text.number(number)}</span>
          <span>
            <span className={COLOURS[kind]}>{text.way(nameOf(from), nameOf(to))}</span>{' '}
            {text.carries[kind](tokens, formatBytes(bytes))}
            {computeMs !== undefined && (
              <span className="whitespace-nowrap text-muted"> {text.computed(formatMs(computeMs))}</span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

const nameOf = (end: number): string => (end === ASKER ? storyText.asker : storyText.shard(end + 1));
