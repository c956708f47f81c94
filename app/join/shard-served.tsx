// What a shard has done for others since it joined.
import type { ServedState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatCount, formatRate } from '../format/format-count.ts';
import { formatMs } from '../format/format-ms.ts';
import { Figures } from '../ui/figures.tsx';
import { Sparkline } from './sparkline.tsx';

export function ShardServed({ served }: { served: ServedState }) {
  return (
    <section>
      <h3 className="label">Served</h3>
      <div className="mt-2 flex flex-wrap items-end gap-x-4">
        <Sparkline values={served.tokensPerSecond} />
        <span className="font-mono">{formatRate(served.tokensPerSecond.at(-1) ?? 0)}</span>
      </div>
      <div className="mt-3">
        <Figures
          figures={[
            { name: 'Answers helped', value: formatCount(served.answers) },
            { name: 'Conversations held', value: formatCount(served.sessions) },
            { name: 'Tokens computed', value: formatCount(served.tokens) },
            { name: 'Per step', value: served.tokens > 0 ? formatMs(served.stepMs) : '–' },
            { name: 'Received', value: formatBytes(served.bytesIn) },
            { name: 'Sent', value: formatBytes(served.bytesOut) },
          ]}
        />
      </div>
    </section>
  );
}
