// What a model weighs, as the server read it from the graph.

import type { ModelFacts as Facts } from '../../protocol/http/pool.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatCount } from '../format/format-count.ts';
import { allBytes } from '../format/layer-bytes.ts';
import { Card } from '../ui/card.tsx';
import { Figures } from '../ui/figures.tsx';
import { LayerBytesStrip } from './layer-bytes-strip.tsx';

export function ModelFacts({ facts }: { facts: Facts }) {
  return (
    <Card title="The model">
      <Figures
        figures={[
          { name: 'Layers', value: formatCount(facts.layers) },
          { name: 'Weights', value: formatBytes(allBytes(facts)) },
          { name: 'Context', value: `${formatCount(facts.contextTokens)} tokens` },
          { name: 'Cache per token', value: formatBytes(facts.kvBytesPerToken) },
          { name: 'Hidden state', value: `${formatCount(facts.hiddenSize)} wide` },
        ]}
      />
      <h3 className="label mt-4 mb-1.5">Bytes, in the order of the model</h3>
      <LayerBytesStrip facts={facts} />
    </Card>
  );
}
