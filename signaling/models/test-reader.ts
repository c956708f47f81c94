// A reader of models that are nowhere: it knows one manifest, and counts words as tokens. Used by tests and benches only.
import type { ModelManifest } from '../../protocol/manifest.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import type { ModelReader } from './model-reader.ts';

export const testReader = (manifest: ModelManifest = manifestOf()): ModelReader => ({
  manifest: async () => manifest,
  async promptIds(_model, prompt) {
    if (prompt.kind === 'ids') return prompt.ids;
    const text = prompt.kind === 'text' ? prompt.text : prompt.messages.map(({ content }) => content).join(' ');
    return text.split(/\s+/).map((word) => word.length);
  },
  close: async () => {},
});
