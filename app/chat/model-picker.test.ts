// Draws the real component to HTML.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { PoolSummary } from '../../protocol/control.ts';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import type { SiteModel } from '../state/site-models.ts';
import { ModelPicker } from './model-picker.tsx';

const guide: PoolRef = { repo: 'site/guide', revision: 'main', dtype: 'q4' };
const other: PoolRef = { ...guide, repo: 'site/other' };
const draft: PoolRef = { ...guide, repo: 'site/guide-draft' };
const models: SiteModel[] = [
  { repo: guide.repo, dtypes: ['q4'], title: 'Guide', parameters: 3.5e6 },
  { repo: draft.repo, dtypes: ['q4'], title: 'Guide draft', draftFor: guide.repo },
];
const poolOf = (model: PoolRef): PoolSummary => ({
  ...{ pool: poolIdOf(model), model, peers: 1, state: 'ready', reason: '' },
});
const draw = (model: PoolRef) =>
  renderToStaticMarkup(
    createElement(ModelPicker, {
      ...{ pools: [guide, other, draft].map(poolOf), models, current: poolIdOf(model), model, disabled: false },
      onPick() {},
    }),
  );

test('E9: a draft model is offered to nobody who has not chosen one', () => {
  expect(draw(guide).match(/type="radio"/g)).toHaveLength(2);
  expect(draw(guide)).not.toContain('guide-draft');
  expect(draw(draft)).toContain('guide-draft');
});

test('the model at hand says how large it is and who is there', () => {
  expect(draw(guide)).toContain('3.5M parameters · 1 tab');
});
