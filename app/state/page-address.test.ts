import { expect, test } from 'vitest';
import type { ModelRef } from '../../protocol/ids.ts';
import { parseJoinQuery } from '../join/join-query.ts';
import { joinAddress } from './page-address.ts';

const model: ModelRef = { repo: 'owner/name.v2', revision: 'main', dtype: 'q4f16' };
const read = (address: string) => parseJoinQuery(new URL(address, 'http://site').searchParams);

test('what the address says is read back', () => {
  expect(read(joinAddress(model))).toMatchObject({ wish: model, auto: false, problems: [] });
  expect(read(joinAddress(model, { auto: true })).auto).toBe(true);
});
