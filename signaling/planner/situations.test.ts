import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { routePlanSchema } from '../../protocol/route-plan.ts';
import { planRoute } from './plan-route.ts';
import { renderSituations, seatsOf } from './test-render.ts';
import { SITUATIONS } from './test-situations.ts';

it.each(SITUATIONS.map((named) => [named.name, named] as const))('%s', (_name, named) => {
  const route = planRoute(named.situation);
  if (route.kind === 'refused') throw new Error(route.message);
  const { mode, local, stages, drafter, seats } = named.expected;
  expect(route.plan).toMatchObject({ mode, local, stages, ...(drafter ? { drafter } : {}) });
  if (seats) expect(seatsOf(named)).toEqual(seats);
  expect(routePlanSchema.safeParse(route.plan).success).toBe(true);
  // A reason without a number decides nothing; only "nobody" has none.
  if (route.plan.stages > 0) expect(route.plan.reason).toMatch(/\d/);
});

it('is what docs/PLANNER.md shows', () => {
  const url = new URL('../../docs/PLANNER.md', import.meta.url);
  const text = readFileSync(url, 'utf8');
  const [before, rest] = text.split('<!-- situations -->\n');
  const after = rest?.split('<!-- /situations -->')[1];
  if (before === undefined || after === undefined) throw new Error('docs/PLANNER.md has lost its marks.');
  const wanted = `${before}<!-- situations -->\n${renderSituations(SITUATIONS)}\n<!-- /situations -->${after}`;
  if (process.env.UPDATE_DOCS === '1') writeFileSync(url, wanted);
  expect(readFileSync(url, 'utf8')).toBe(wanted);
});
