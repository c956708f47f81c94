// A chat that no page comes after: what it asks is written down nowhere, and what others left is not its own.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SessionId } from '../../protocol/ids.ts';
import { startClock, stopClock, until } from '../host/test-clock.ts';
import { ask, grant, openTab } from './test-chat-tab.ts';

beforeEach(stopClock);
afterEach(startClock);

const PROGRESS = {
  ...{ session: '00112233445566aa' as SessionId, tokenIds: [1, 2, 3], text: 'Once upon' },
  ...{ resumed: 0, cachedTokens: 0, delivered: [{ epoch: 5, tokens: 3 }] },
};
const never = { ask: () => new Promise<never>(() => {}) };

async function running(tab: Awaited<ReturnType<typeof openTab>>): Promise<void> {
  await tab.hear(5, 'ready');
  const { number } = await ask(tab);
  grant(tab, number);
  await until(() => tab.host.worker.given('ask').length > 0);
  tab.host.worker.tell('unfinished', { id: 1, ...PROGRESS });
}

test('nothing of it is kept, and nothing of another page is shown or taken away', async () => {
  const first = await openTab(never);
  await running(first);
  const kept = first.host.shelf.get(first.self)!;
  expect(kept).toMatchObject(PROGRESS);
  const second = await openTab(
    never,
    (host) => {
      host.keys = first.host.identities[0]!.keys;
      host.shelf.set(first.self, kept);
    },
    { isPrivate: true },
  );
  expect([second.self, second.state().unfinished]).toEqual([first.self, undefined]);
  await running(second);
  expect(second.host.shelf.get(second.self)).toBe(kept);
});
