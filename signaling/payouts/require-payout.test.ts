import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { type Address, type SignedPayout, signPayout } from '../../protocol/payout.ts';
import { requirePayout } from './require-payout.ts';

const [COMMONS, MARKET] = [undefined, 'market'].map((slug) =>
  poolIdOf({ repo: 'a/b', revision: 'main', dtype: 'q4', slug }),
) as [ReturnType<typeof poolIdOf>, ReturnType<typeof poolIdOf>];
const SERVER = '4'.repeat(32) as PeerId;
const NOW_MS = 1_796_040_000_000;
const ESCROW: Address = `0x${'ef'.repeat(20)}`;
const address: Address = `0x${'ab'.repeat(20)}`;
const self = await identityOf(await newIdentityKeys());
const other = await identityOf(await newIdentityKeys());
const keep = vi.fn<(signed: SignedPayout) => Promise<void>>();
beforeEach(() => void keep.mockReset().mockResolvedValue());
const require = requirePayout({
  ...{ isMarket: (pool) => pool === MARKET, serverId: SERVER, store: { keep }, nowMs: () => NOW_MS },
  isReserved: (each) => each === ESCROW,
});
const sign = (identity: Identity, said: { server?: PeerId; at?: number } = {}) =>
  signPayout(identity, { server: SERVER, at: NOW_MS, address, ...said });

test('an offer to the commons says nothing that matters here', async () => {
  expect(require(self.peer, { pool: COMMONS })).toBeUndefined();
  expect(require(self.peer, { pool: COMMONS, payout: await sign(other) })).toBeUndefined();
  expect(keep).not.toHaveBeenCalled();
});

test('one to a market that says where to pay is let through, and kept', async () => {
  const payout = await sign(self);
  await expect(require(self.peer, { pool: MARKET, payout })).resolves.toBeUndefined();
  expect(keep.mock.calls).toEqual([[payout]]);
});

describe('an offer to a market is refused', () => {
  const zero: Address = `0x${'0'.repeat(40)}`;
  test.each<[string, () => Promise<SignedPayout | undefined>]>([
    ['without an address', async () => undefined],
    ['with another peer’s', () => sign(other)],
    ['with another peer’s in its own name', async () => ({ ...(await sign(other)), peer: self.peer })],
    ['with its own, signed by another peer', () => sign({ ...other, peer: self.peer })],
    ['with one for another server', () => sign(self, { server: '5'.repeat(32) as PeerId })],
    [
      'with one that was made one for this server',
      async () => ({
        ...(await sign(self, { server: '5'.repeat(32) as PeerId })),
        server: SERVER,
      }),
    ],
    ['with an address that was changed', async () => ({ ...(await sign(self)), address: `0x${'cd'.repeat(20)}` })],
    ['with the zero address', async () => ({ ...(await sign(self)), address: zero })],
    ['with a contract of the market', async () => signPayout(self, { server: SERVER, at: NOW_MS, address: ESCROW })],
    ['with one of a time to come', () => sign(self, { at: NOW_MS + 121_000 })],
    ['with a key that is none', async () => ({ ...(await sign(self)), publicKey: 'AA' })],
  ])('%s', async (_what, make) => {
    const refused = require(self.peer, { pool: MARKET, payout: await make() });
    await expect(refused).rejects.toMatchObject({ code: 'payout-required', status: 403, kind: 'refused' });
    expect(keep).not.toHaveBeenCalled();
  });
});

test('a clock that is a little ahead, or far behind, keeps nobody out', async () => {
  for (const at of [NOW_MS + 119_000, 0]) await require(self.peer, { pool: MARKET, payout: await sign(self, { at }) });
  expect(keep).toHaveBeenCalledTimes(2);
});

test('an address that cannot be kept is told as such, without the database’s own words', async () => {
  keep.mockRejectedValue(new Error('Failed query: insert into "payouts"'));
  const refused = require(self.peer, { pool: MARKET, payout: await sign(self) });
  await expect(refused).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The payout address could not be kept.',
  });
});
