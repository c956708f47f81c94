import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ServerMessage } from '../../protocol/control.ts';
import { type PeerId, type PoolId, poolIdOf } from '../../protocol/ids.ts';
import { DRIVER_TICKET_SECONDS, STAGE_TICKET_SECONDS } from '../../protocol/limits.ts';
import { newOrchestrator } from '../../protocol/test-orchestrator.ts';
import { openTicket } from '../../protocol/ticket.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { LiveRoster, type LiveRosterOptions } from './live-roster.ts';
import { type Policy, ROSTER_TIMING } from './roster-state.ts';
import { MODEL, POOL, peerOf } from './test-table.ts';
import { TicketIssuer } from './ticket-issuer.ts';

const { publicKey, sign } = newOrchestrator();
const [A, B, W] = ['a', 'b', 'w'].map(peerOf) as [PeerId, PeerId, PeerId];
const OTHER = poolIdOf({ ...MODEL, repo: 'x/y' });
const open: LiveRoster[] = [];

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 5, 1) }));
afterEach(() => {
  for (const roster of open.splice(0)) roster.close();
  vi.useRealTimers();
});

function scene(more: Partial<LiveRosterOptions> = {}) {
  const sent: [PeerId, ServerMessage][] = [];
  const told: ServerMessage[] = [];
  const changed: PoolId[] = [];
  const roster = new LiveRoster({
    ...{ model: MODEL, stages: 'all', timing: ROSTER_TIMING, logger: pino({ level: 'silent' }) },
    tickets: new TicketIssuer(sign),
    send: (peer, message) => sent.push([peer, message]),
    broadcast: (message) => told.push(message),
    onPoolChanged: (pool) => changed.push(pool),
    ...more,
  });
  open.push(roster);
  const offer = (peer: PeerId, pool: PoolId = POOL): void => {
    const capability = { backend: 'wasm', msPerLayer: 1, memoryBytes: 1e9, device: 'test' } as const;
    const read = manifestOf();
    roster.dispatch({ type: 'peer-offered', peer, pool, manifest: read, read, capability });
  };
  const ready = (epoch: number, ...peers: PeerId[]): void => {
    for (const peer of peers) roster.dispatch({ type: 'stage-readied', peer, pool: POOL, epoch, msPerLayer: 1 });
  };
  const toldOf = (peer: PeerId) =>
    sent.flatMap(([to, message]) => (to === peer && message.type === 'coalition' ? [message] : []));
  return { roster, sent, told, changed, offer, ready, toldOf };
}

describe('a coalition', () => {
  test('is told to each with a ticket of its own: a seat to who sits in it, a driver’s to who watches', async () => {
    const { roster, offer, toldOf } = scene();
    roster.dispatch({ type: 'pool-watched', peer: W, pool: POOL });
    for (const peer of [A, B]) offer(peer);
    await vi.advanceTimersByTimeAsync(ROSTER_TIMING.joinDebounceMs);
    for (const [peer, role, start, end] of [
      [A, 'stage', 0, 2],
      [B, 'stage', 2, 4],
      [W, 'driver', 0, 0],
    ] as const) {
      const { coalition, ticket } = toldOf(peer)[0]!;
      const claims = await openTicket(ticket, { publicKey, peer, epoch: coalition.epoch });
      expect(claims).toMatchObject({ pool: POOL, role, start, end, layers: 4 });
    }
  });

  test('that a stage never loads is given up by the roster’s own clock', async () => {
    const { roster, offer } = scene();
    for (const peer of [A, B]) offer(peer);
    await vi.advanceTimersByTimeAsync(ROSTER_TIMING.joinDebounceMs + ROSTER_TIMING.loadSilenceMs);
    expect(roster.pool(POOL)?.peers.map(({ excluded }) => excluded)).toEqual(['stalled', 'stalled']);
    await vi.advanceTimersByTimeAsync(ROSTER_TIMING.leaveDebounceMs);
    expect(roster.coalitions()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(vi.getTimerCount(), 'nothing is due but the tickets, and that these two are tried again').toBe(2);
  });

  test('that serves is told again before a driver’s ticket ends, and never after the roster closed', async () => {
    const { roster, offer, ready, toldOf } = scene();
    roster.dispatch({ type: 'pool-watched', peer: W, pool: POOL });
    offer(A);
    await vi.advanceTimersByTimeAsync(ROSTER_TIMING.joinDebounceMs);
    const { epoch } = toldOf(A)[0]!.coalition;
    ready(epoch, A);
    const before = toldOf(W).length;
    await vi.advanceTimersByTimeAsync(DRIVER_TICKET_SECONDS * 1000);
    const later = toldOf(W);
    expect(later.length).toBeGreaterThan(before);
    await expect(openTicket(later.at(-1)!.ticket, { publicKey, peer: W, epoch })).resolves.toMatchObject({ peer: W });
    roster.close();
    offer(B);
    await vi.advanceTimersByTimeAsync(DRIVER_TICKET_SECONDS * 2000);
    expect(toldOf(W)).toHaveLength(later.length);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of a server that was started later has a later epoch', async () => {
    const epochOf = async (): Promise<number> => {
      const { offer, toldOf } = scene();
      offer(A);
      await vi.advanceTimersByTimeAsync(ROSTER_TIMING.joinDebounceMs);
      return toldOf(A)[0]!.coalition.epoch;
    };
    const first = await epochOf();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await epochOf()).toBeGreaterThan(first);
  });
});

describe('pools', () => {
  test('are told once after a burst, not again while nothing differs, and first to who comes', async () => {
    const { roster, told, sent, offer } = scene();
    for (const peer of [A, B, W]) offer(peer);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toMatchObject([{ type: 'pools', pools: [{ pool: POOL, peers: 3 }] }]);
    offer(A);
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toHaveLength(1);
    roster.greet(W);
    expect(sent.at(-1)).toEqual([W, { type: 'pools', pools: roster.pools() }]);
  });

  test('G16: are told the more seldom the more there are to be told', async () => {
    const { told, offer, roster } = scene({ peerCount: () => 2000 });
    const flap = () => {
      offer(A);
      roster.dispatch({ type: 'peer-left', peer: A });
      offer(B);
      roster.dispatch({ type: 'peer-left', peer: B });
    };
    offer(W);
    await vi.advanceTimersByTimeAsync(1999);
    expect(told).toHaveLength(0);
    for (let round = 0; round < 100; round += 1) {
      flap();
      if (round % 3 === 0) offer(A, OTHER);
      await vi.advanceTimersByTimeAsync(100);
    }
    // Ten seconds of it.
    expect(told.length).toBeGreaterThan(2);
    expect(told.length).toBeLessThanOrEqual(6);
  });

  test('G12: say where a tab lends itself, whatever it was refused since', () => {
    const { roster, offer } = scene({ policyOf: (id) => (id === POOL ? undefined : closed) });
    const closed: Policy = { recruit: false, members: [B], loaded: true };
    for (const peer of [A, B]) offer(peer);
    offer(B, OTHER);
    expect([roster.lentTo(A), roster.lentTo(B), roster.lentTo(W)]).toEqual([POOL, OTHER, undefined]);
    offer(B);
    expect(roster.lentTo(B)).toBe(POOL);
    roster.dispatch({ type: 'stage-left', peer: A });
    roster.dispatch({ type: 'peer-left', peer: B });
    expect([roster.lentTo(A), roster.lentTo(B)]).toEqual([undefined, undefined]);
  });

  test('that changed are named, those that go too, others not', () => {
    const { roster, changed, offer } = scene();
    offer(A, OTHER);
    roster.dispatch({ type: 'peer-left', peer: A });
    roster.dispatch({ type: 'peer-left', peer: A });
    roster.dispatch({ type: 'policy-changed', pool: OTHER });
    expect(changed).toEqual([OTHER, OTHER]);
    expect(roster.pool(OTHER)).toBeUndefined();
  });
});

describe('what the maker of a pool decided', () => {
  const policy = (more: Partial<Policy>): Policy => ({ recruit: true, members: [], loaded: true, ...more });

  test('ends what serves when it is to rest, and begins anew when not', async () => {
    let decided = policy({});
    const { roster, sent, offer, ready, toldOf } = scene({ policyOf: () => decided });
    offer(A);
    await vi.advanceTimersByTimeAsync(ROSTER_TIMING.joinDebounceMs);
    const { epoch } = toldOf(A)[0]!.coalition;
    ready(epoch, A);
    decided = policy({ loaded: false });
    roster.dispatch({ type: 'policy-changed', pool: POOL });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.at(-1)).toEqual([A, { type: 'retire', pool: POOL, epoch }]);
    expect(roster.pools()[0]).toMatchObject({ state: 'waiting', reason: expect.stringContaining('unloaded') });
    decided = policy({});
    roster.dispatch({ type: 'policy-changed', pool: POOL });
    await vi.advanceTimersByTimeAsync(0);
    expect(toldOf(A).at(-1)?.coalition).toMatchObject({ state: 'forming', epoch: epoch + 1 });
  });

  test('G11: a price that its maker changes is told to all, those who lend there too', async () => {
    let price: Policy['price'];
    const { roster, told, offer } = scene({ policyOf: () => policy({ price }) });
    offer(A);
    await vi.advanceTimersByTimeAsync(100);
    expect(told.at(-1)).toMatchObject({ pools: [expect.not.objectContaining({ price: expect.anything() })] });
    price = { promptMicros: 5, completionMicros: 20 };
    roster.dispatch({ type: 'policy-changed', pool: POOL });
    await vi.advanceTimersByTimeAsync(100);
    expect(told.at(-1)).toMatchObject({ pools: [{ pool: POOL, price }] });
  });

  test('names a market, whose price counts dollars', () => {
    const price = { promptMicros: 50_000, completionMicros: 200_000 };
    const { roster } = scene({ policyOf: () => policy({ policy: 'market', price }) });
    expect(roster.pools()[0]).toMatchObject({ pool: POOL, policy: 'market', price });
    const commons = scene({ policyOf: () => policy({ policy: 'commons' }) });
    expect(commons.roster.pools()[0]).not.toHaveProperty('policy');
  });

  test('keeps out who is not listed, and sends away who is listed no more', () => {
    let members = [A];
    const { roster, sent, offer } = scene({ policyOf: () => policy({ recruit: false, members }) });
    for (const peer of [A, B]) offer(peer);
    expect(sent).toMatchObject([[B, { type: 'error', error: { code: 'forbidden' } }]]);
    members = [];
    roster.dispatch({ type: 'policy-changed', pool: POOL });
    expect(sent.at(-1)).toMatchObject([A, { type: 'error', error: { code: 'forbidden' } }]);
    expect(roster.pool(POOL)?.peers).toEqual([]);
  });
});

describe('tickets', () => {
  const seat = { peer: A, start: 0, end: 4, backend: 'wasm', device: 'd', totalBytes: 1, loadedBytes: 0, ready: false };
  const coalition = { pool: POOL, model: MODEL, epoch: 5, state: 'forming', seats: [seat] } as never;

  test.each([
    [A, STAGE_TICKET_SECONDS],
    [W, DRIVER_TICKET_SECONDS],
  ])('are the same until half their time is over (%s)', async (peer, seconds) => {
    let now = 1_000_000;
    const issuer = new TicketIssuer(sign, () => now);
    const first = issuer.ticketFor(peer, coalition);
    now += seconds / 2 - 1;
    expect(issuer.ticketFor(peer, coalition)).toBe(first);
    now += 1;
    const second = issuer.ticketFor(peer, coalition);
    expect(second).not.toBe(first);
    const expected = { publicKey, peer, epoch: 5, nowSeconds: now };
    expect((await openTicket(second, expected)).expires - (await openTicket(first, expected)).expires).toBe(
      seconds / 2,
    );
  });

  test('of one epoch are no other’s', () => {
    const issuer = new TicketIssuer(sign, () => 1_000_000);
    const next = { ...(coalition as object), epoch: 6 } as never;
    const other = { ...(coalition as object), pool: OTHER } as never;
    expect(new Set([coalition, next, other].map((one) => issuer.ticketFor(A, one))).size).toBe(3);
  });
});
