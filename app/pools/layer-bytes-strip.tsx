// A model's weights as one strip: embedding, layers, head, each as wide as its bytes.

import type { ModelFacts } from '../../protocol/http/pool.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { type BytesPart, splitBytes } from '../format/layer-bytes.ts';
import { poolsText } from '../text/english/pools.ts';

const COLOURS: Record<BytesPart['kind'], string> = {
  embedding: 'bg-hop',
  layer: 'bg-accent',
  head: 'bg-return',
};
const KINDS = ['embedding', 'layer', 'head'] as const;

export function LayerBytesStrip({ facts }: { facts: ModelFacts }) {
  const names = poolsText.model.kinds;
  const parts = splitBytes(facts);
  const sums = KINDS.map((kind) => ({
    kind,
    bytes: parts.filter((part) => part.kind === kind).reduce((sum, part) => sum + part.bytes, 0),
  })).filter(({ bytes }) => bytes > 0);
  return (
    <div>
      <div
        role="img"
        aria-label={poolsText.model.strip(
          sums.map(({ kind, bytes }) => `${names[kind]} ${formatBytes(bytes)}`).join(', '),
        )}
        className="flex h-6 gap-px overflow-hidden rounded-sm"
      >
        {parts.map((part) => (
          <span
            key={part.key}
            title={`${part.name}: ${formatBytes(part.bytes)}`}
            className={COLOURS[part.kind]}
            style={{ width: `${part.percent}%` }}
          />
        ))}
      </div>
      <ul className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {sums.map(({ kind, bytes }) => (
          <li key={kind} className="flex items-center gap-1.5">
            <span className={`size-2.5 rounded-[2px] ${COLOURS[kind]}`} aria-hidden="true" />
            {names[kind]} <span className="font-mono">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
