import { expect, test } from 'vitest';
import { contextLimit } from './context-limit.ts';

test.each([
  [{ max_position_embeddings: 1024 }, 1024],
  [{ max_position_embeddings: 131072 }, 8192],
  [{ text_config: { max_position_embeddings: 4096 } }, 4096],
  [{}, 2048],
  [{ max_position_embeddings: -1 }, 2048],
  [{ max_position_embeddings: 'many' }, 2048],
  [null, 2048],
])('%j holds %i positions', (config, positions) => {
  expect(contextLimit(config)).toBe(positions);
});
