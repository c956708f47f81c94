// Draws the real form to HTML: which fields it has follows from the pool that is meant.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { JoinForm } from './join-form.tsx';
import { parseJoinQuery } from './join-query.ts';
import { PayoutField } from './payout-field.tsx';

const model = { repo: 'a/b', revision: 'main', dtype: 'q4' } as const;
const config: SiteConfig = {
  ...{ model, hubUrl: 'https://hub.example', siteModelsUrl: '/models', dtypes: ['q4'], version: '1' },
};
const market = [{ pool: poolIdOf({ ...model, slug: 'market' }), policy: 'market' }] as PoolInfo[];
const address = `0x${'ab'.repeat(20)}`;
const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null });
  vi.stubGlobal('navigator', { gpu: {} });
});
afterEach(() => vi.unstubAllGlobals());

const draw = (query: string, pools: readonly PoolInfo[] = market) =>
  renderToStaticMarkup(
    createElement(JoinForm, {
      ...{ config, models: [], pools, onJoin() {} },
      query: parseJoinQuery(new URLSearchParams(query)),
    }),
  );

test('a market pool asks for an address, the commons do not', () => {
  expect(draw('pool=market')).toContain('Payout address');
  for (const query of ['', 'pool=other', 'pool=market&dtype=q8']) expect(draw(query)).not.toContain('Payout address');
  expect(draw('pool=market', [])).not.toContain('Payout address');
});

test('the address that was used last is there', () => {
  kept.set('computepool-payout-address', address);
  expect(draw('pool=market')).toContain(`value="${address}"`);
});

test('a problem takes the hint’s place', () => {
  const field = (problem?: string) =>
    renderToStaticMarkup(createElement(PayoutField, { value: '0x1', onText() {}, problem }));
  expect(field()).toContain('signs that it is to be paid here');
  expect(field('Not an address.')).toContain('Not an address.');
  expect(field('Not an address.')).toContain('aria-invalid="true"');
});
