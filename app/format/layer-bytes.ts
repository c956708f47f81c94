// Where a model's bytes are: embedding, layers and head as one strip. Pure numbers.
import type { ModelFacts } from '../../protocol/http/pool.ts';
import { formatText } from '../text/english/format.ts';

export interface BytesPart {
  key: string;
  name: string;
  kind: 'embedding' | 'layer' | 'head';
  bytes: number;
  percent: number;
}

type Weights = Pick<ModelFacts, 'layerBytes' | 'embeddingBytes' | 'headBytes' | 'tiedBytes'>;

/** Parts in the order of the model, as one device that holds all of it would. A tied embedding counts once. */
export function splitBytes({ layerBytes, embeddingBytes, headBytes, tiedBytes }: Weights): BytesPart[] {
  const { modelParts: names } = formatText;
  const parts: Omit<BytesPart, 'percent'>[] = [
    { key: 'embedding', name: names.embedding, kind: 'embedding', bytes: embeddingBytes },
    ...layerBytes.map((bytes, layer) => ({ key: `${layer}`, name: names.layer(layer), kind: 'layer' as const, bytes })),
    { key: 'head', name: names.head, kind: 'head', bytes: headBytes - tiedBytes },
  ];
  const whole = parts.reduce((sum, part) => sum + Math.max(0, part.bytes), 0);
  return parts.filter((part) => part.bytes > 0).map((part) => ({ ...part, percent: (100 * part.bytes) / whole }));
}

/** Bytes of all weights. */
export const allBytes = (facts: Weights): number => splitBytes(facts).reduce((sum, part) => sum + part.bytes, 0);
