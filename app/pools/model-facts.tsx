// What a model weighs, as the server read it from the graph.

import type { ModelFacts as Facts } from '../../protocol/http/pool.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatCount } from '../format/format-count.ts';
import { allBytes } from '../format/layer-bytes.ts';
import { poolsText } from '../text/english/pools.ts';
import { Card } from '../ui/card.tsx';
import { Figures } from '../ui/figures.tsx';
import { LayerBytesStrip } from './layer-bytes-strip.tsx';

export function ModelFacts({ facts }: { facts: Facts }) {
  const text = poolsText.model;
  return (
    <Card title={text.title}>
      <Figures
        figures={[
          { name: text.layers, value: formatCount(facts.layers) },
          { name: text.weights, value: formatBytes(allBytes(facts)) },
          { name: text.context, value: text.tokens(formatCount(facts.contextTokens)) },
          { name: text.cache, value: formatBytes(facts.kvBytesPerToken) },
          { name: text.hidden, value: text.wide(formatCount(facts.hiddenSize)) },
        ]}
      />
      <h3 className="label mt-4 mb-1.5">{text.bytes}</h3>
      <LayerBytesStrip facts={facts} />
    </Card>
  );
}
