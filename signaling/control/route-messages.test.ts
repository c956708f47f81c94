// What peers say comes to whom it concerns, in the order in which a peer said it.
import pino from 'pino';
import { expect, test } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import type { JobDispatcher } from '../jobs/job-dispatcher.ts';
import type { LiveRoster } from '../roster/live-roster.ts';
import { routeMessages } from './route-messages.ts';

const PEER = '1'.repeat(32) as PeerId;

test('an ask and its cancelling come in their order, behind the welcome credits that both wait for', async () => {
  const log: string[] = [];
  const written: (() => void)[] = [];
  const listener = routeMessages({
    roster: { greet() {} } as unknown as LiveRoster,
    jobs: {
      ask: async (_peer: PeerId, { ask }: { ask: number }) => void log.push(`ask ${ask}`),
      peerJoined() {},
      askCancelled: (_peer: PeerId, ask: number) => void log.push(`cancel ${ask}`),
    } as unknown as JobDispatcher,
    ledger: {
      welcome: async () => {
        await new Promise<void>((resolve) => written.push(resolve));
        log.push('credits');
        return 0;
      },
    },
    logger: pino({ level: 'silent' }),
    onRtts() {},
    send() {},
    offers: () => ({ offered() {}, left() {} }),
    isOwned: async () => false,
  });
  listener.joined(PEER, '127.0.0.1');
  const ask = { type: 'ask', pool: poolIdOf(DEFAULT_MODEL), promptTokens: 1, maxTokens: 1 } as const;
  listener.heard(PEER, { ...ask, ask: 1 });
  listener.heard(PEER, { type: 'ask-cancel', ask: 1 });
  listener.heard(PEER, { ...ask, ask: 2 });
  await expect.poll(() => written.length).toBe(1);
  expect(log).toEqual([]);
  written[0]!();
  await expect.poll(() => log).toEqual(['credits', 'ask 1', 'cancel 1', 'ask 2']);
});
