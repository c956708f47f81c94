// What a shard has done for others since it joined.
import type { ServedState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatCount, formatRate } from '../format/format-count.ts';
import { formatMs } from '../format/format-ms.ts';
import { joinText } from '../text/english/join.ts';
import { Figures } from '../ui/figures.tsx';
import { Sparkline } from './sparkline.tsx';

export function ShardServed({ served }: { served: ServedState }) {
  return (
    <section>
      <h3 className="label">{joinText.served.title}</h3>
      <div className="mt-2 flex flex-wrap items-end gap-x-4">
        <Sparkline values={served.tokensPerSecond} />
        <span className="font-mono">{formatRate(served.tokensPerSecond.at(-1) ?? 0)}</span>
      </div>
      <div className="mt-3">
        <Figures
          figures={[
            { name: joinText.served.answers, value: formatCount(served.answers) },
            { name: joinText.served.conversations, value: formatCount(served.sessions) },
            { name: joinText.served.tokens, value: formatCount(served.tokens) },
            { name: joinText.served.perStep, value: served.tokens > 0 ? formatMs(served.stepMs) : '–' },
            { name: joinText.served.received, value: formatBytes(served.bytesIn) },
            { name: joinText.served.sent, value: formatBytes(served.bytesOut) },
          ]}
        />
      </div>
    </section>
  );
}
