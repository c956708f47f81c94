// Over real sockets: a market pool plans who said where to pay it, and nobody else.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Identity, identityOf, newIdentityKeys, serverIdOf } from '../../protocol/identity.ts';
import { type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { type Address, type SignedPayout, signPayout } from '../../protocol/payout.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import { testReader } from '../models/test-reader.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { TestPeer } from './test-peer.ts';

const MARKET = { ...DEFAULT_MODEL, slug: 'market' };
const POOL = poolIdOf(MARKET);
const ADDRESS: Address = `0x${'ab'.repeat(20)}`;
const capability = { backend: 'wasm', msPerLayer: 1, memoryBytes: 1e9, device: 'test' } as const;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ logger: 'silent', canary: false, reader: testReader() });
  await server.platform.pools.ensure(MARKET, {
    market: { chainId: 84532, contract: `0x${'cd'.repeat(20)}`, treasuryUnits: 3000 },
    price: { promptMicros: 50_000, completionMicros: 200_000 },
    manifest: manifestOf(),
  });
}, 180_000);
afterAll(() => server.close());

async function join(): Promise<{ peer: TestPeer; identity: Identity; serverId: PeerId }> {
  const keys = await newIdentityKeys();
  const peer = await TestPeer.join(server.url, keys);
  return { peer, identity: await identityOf(keys), serverId: await serverIdOf(peer.orchestratorKey) };
}
const offer = (peer: TestPeer, payout?: SignedPayout): void =>
  peer.send({ type: 'offer', pool: POOL, manifest: manifestOf(), capability, payout });
const planned = () => server.platform.roster.pool(POOL)?.peers.map(({ peer }) => peer) ?? [];

test('who names an address is planned, and known to be paid there', async () => {
  const { peer, identity, serverId } = await join();
  offer(peer, await signPayout(identity, { server: serverId, address: ADDRESS }));
  const { coalition } = await peer.next('coalition');
  expect(coalition).toMatchObject({ pool: POOL, seats: [{ peer: peer.peer }] });
  expect(server.platform.payouts.known(peer.peer)).toBe(ADDRESS);
  peer.socket.close();
  await peer.closed;
});

test.each<[string, (own: Identity, serverId: PeerId) => Promise<SignedPayout | undefined>]>([
  ['without an address', async () => undefined],
  [
    'with another peer’s',
    async (_own, serverId) =>
      signPayout(await identityOf(await newIdentityKeys()), { server: serverId, address: ADDRESS }),
  ],
  [
    'signed by another peer in its name',
    async ({ peer }, server) =>
      signPayout({ ...(await identityOf(await newIdentityKeys())), peer }, { server, address: ADDRESS }),
  ],
  ['for another server', async (own) => signPayout(own, { server: '5'.repeat(32) as PeerId, address: ADDRESS })],
  [
    'with the zero address',
    async (own, server) => ({
      ...(await signPayout(own, { server, address: ADDRESS })),
      address: `0x${'0'.repeat(40)}`,
    }),
  ],
])('who offers itself %s is refused and never planned', async (_what, make) => {
  const { peer, identity, serverId } = await join();
  offer(peer, await make(identity, serverId));
  const { error } = await peer.next('error');
  expect(error.code).toBe('payout-required');
  expect(planned()).not.toContain(peer.peer);
  expect(server.platform.payouts.known(peer.peer)).toBeUndefined();
  peer.socket.close();
  await peer.closed;
});

test('the commons asks for none, and keeps none', async () => {
  const { peer, identity } = await join();
  const payout = await signPayout(identity, { server: '5'.repeat(32) as PeerId, address: ADDRESS });
  const pool = poolIdOf(DEFAULT_MODEL);
  peer.send({ type: 'offer', pool, manifest: manifestOf(), capability, payout });
  expect((await peer.next('coalition')).coalition).toMatchObject({ pool, seats: [{ peer: peer.peer }] });
  expect(await server.platform.payouts.of(peer.peer)).toBeUndefined();
  peer.socket.close();
  await peer.closed;
});
