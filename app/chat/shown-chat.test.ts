import { expect, test } from 'vitest';
import type { PoolId } from '../../protocol/ids.ts';
import type { ChatState } from '../../shard-worker/index.ts';
import { hasCaughtUp, shownBefore } from './shown-chat.ts';

const state = (phase: ChatState['phase'], fields: Partial<ChatState> = {}): ChatState => ({
  ...{ phase, pool: 'a/b@main:q4' as PoolId, pools: [] },
  ...fields,
});
const coalition = { epoch: 5 } as ChatState['coalition'];
const watched = state('ready', { coalition });

test('only watched, the pool is shown as it was seen', () => {
  expect(shownBefore(undefined, watched)).toBe(watched);
  expect(shownBefore(undefined, undefined)).toBeUndefined();
});

test('a peer that gets to know the server hides nothing of what was seen, and shows what it alone knows', () => {
  const local = { phase: 'loading', loadedBytes: 1, totalBytes: 2 } as const;
  expect(shownBefore(state('connecting', { local }), watched)).toEqual(state('ready', { coalition, local }));
  expect(shownBefore(state('no-stages'), watched)).toMatchObject({ phase: 'ready', coalition });
});

test.each([
  [state('ready'), watched],
  [state('failed'), watched],
  [state('connecting'), state('connecting')],
  [state('forming'), undefined],
] as const)('one that knows as much speaks for itself', (own, seen) => {
  expect(hasCaughtUp(own, seen)).toBe(true);
  expect(shownBefore(own, seen)).toBe(own);
});
