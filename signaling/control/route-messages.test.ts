// What peers say comes to whom it concerns, in the order in which a peer said it.
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import type { CanaryRunner } from '../canary/canary-runner.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import type { JobDispatcher } from '../jobs/job-dispatcher.ts';
import type { LiveRoster } from '../roster/live-roster.ts';
import { routeMessages } from './route-messages.ts';

const PEER = '1'.repeat(32) as PeerId;

/** The listener over jobs that only note what they hear; credits are written when the test says so. */
function scene(parts: { roster?: object; jobs?: object } = {}) {
  const log: string[] = [];
  const written: (() => void)[] = [];
  const listener = routeMessages({
    roster: { greet() {}, dispatch() {}, coalitions: () => [], ...parts.roster } as unknown as LiveRoster,
    jobs: {
      ask: async (_peer: PeerId, { ask }: { ask: number }) => void log.push(`ask ${ask}`),
      peerJoined() {},
      peerGone() {},
      askCancelled: (_peer: PeerId, ask: number) => void log.push(`cancel ${ask}`),
      ...parts.jobs,
    } as unknown as JobDispatcher,
    canary: { peerGone() {} } as unknown as CanaryRunner,
    ledger: {
      welcome: async () => {
        await new Promise<void>((resolve) => written.push(resolve));
        log.push('credits');
        return 0;
      },
    },
    logger: pino({ level: 'silent' }),
    onRtts() {},
    onDistance() {},
    send() {},
    offers: () => ({ offered() {}, left() {} }),
    isOwned: async () => false,
  });
  onTestFinished(() => listener.close());
  return { listener, log, written };
}

test('an ask and its cancelling come in their order, behind the welcome credits that both wait for', async () => {
  const { listener, log, written } = scene();
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

test('G12: who asks and hangs up while its credits are written has asked for nothing', async () => {
  const { listener, log, written } = scene();
  const ask = { type: 'ask', pool: poolIdOf(DEFAULT_MODEL), promptTokens: 1, maxTokens: 1 } as const;
  listener.joined(PEER, '127.0.0.1');
  listener.heard(PEER, { ...ask, ask: 1 });
  listener.left(PEER);
  // It comes again from elsewhere: what it asked for before is not asked for from there.
  listener.joined(PEER, '127.0.0.2');
  listener.heard(PEER, { ...ask, ask: 2 });
  await expect.poll(() => written.length).toBe(2);
  for (const write of written) write();
  await expect.poll(() => log).toContain('ask 2');
  expect(log).toEqual(['credits', 'credits', 'ask 2']);
});

test('C1: a link that a tab which only watches calls cut counts where it has an answer under way', async () => {
  const pool = poolIdOf(DEFAULT_MODEL);
  const [lender, watcher] = ['2'.repeat(32), '3'.repeat(32)] as [PeerId, PeerId];
  for (const isAnswered of [false, true]) {
    const events: unknown[] = [];
    const { listener } = scene({
      roster: {
        dispatch: (event: { type: string }) => void (event.type === 'links-cut' && events.push(event)),
        pool: () => ({ peers: [{ peer: lender }], watchers: [watcher] }),
        lentTo: (peer: PeerId) => (peer === lender ? pool : undefined),
        isTakenForSilent: () => false,
      },
      jobs: { hasAnswer: () => isAnswered },
    });
    for (const peer of [lender, watcher]) listener.joined(peer, '127.0.0.1');
    listener.heard(watcher, { type: 'silent', pool, epoch: 7, peer: lender, packets: false });
    listener.heard(lender, { type: 'present', at: 1 });
    await new Promise((wake) => setTimeout(wake, 600));
    expect(events).toEqual(
      isAnswered ? [{ type: 'links-cut', pool, cuts: [{ reporter: watcher, accused: lender, epoch: 7 }] }] : [],
    );
  }
});
