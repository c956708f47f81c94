import { beforeAll, beforeEach, expect, it } from 'vitest';
import { signText, toBase64Url } from '../../protocol/identity.ts';
import { type PeerId, peerIdSchema } from '../../protocol/ids.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import type { Account, AccountId } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';
import { createAccounts } from './create-accounts.ts';
import { accountPeers } from './tables.ts';
import { insertAccount, newDevice, signClaim, stoppedClock } from './test-account.ts';

const peerNumber = (at: number): PeerId => peerIdSchema.parse(at.toString(16).padStart(32, '0'));

forEachDatabase('claimed peers', (open) => {
  let people: Accounts;
  let db: Awaited<ReturnType<typeof open>>['db'];
  let mine: Account;
  let other: Account;
  const { clock, move } = stoppedClock();
  beforeAll(async () => {
    ({ db } = await open());
    people = createAccounts(db, clock);
  }, OPEN_TIMEOUT_MS);
  beforeEach(async () => {
    mine = await insertAccount(db, clock());
    other = await insertAccount(db, clock());
  });

  it('belongs to the account that its key names, until that lets it go', async () => {
    const [first, second] = [await newDevice(), await newDevice()];
    expect(await people.ownerOf(first.peer)).toBeUndefined();
    expect(await people.claimPeer(mine.id, await signClaim(mine.id, first))).toBe(first.peer);
    move(1);
    await people.claimPeer(mine.id, await signClaim(mine.id, second));
    expect(await people.peersOf(mine.id)).toEqual([first.peer, second.peer]);
    expect(await people.ownerOf(first.peer)).toBe(mine.id);
    await people.releasePeer(other.id, first.peer);
    expect(await people.ownerOf(first.peer)).toBe(mine.id);
    await people.releasePeer(mine.id, first.peer);
    await people.releasePeer(mine.id, first.peer);
    expect(await people.ownerOf(first.peer)).toBeUndefined();
    expect(await people.claimPeer(other.id, await signClaim(other.id, first))).toBe(first.peer);
  });

  it('can be claimed again by its own account, and by no other', async () => {
    const device = await newDevice();
    const shown = await signClaim(mine.id, device);
    await people.claimPeer(mine.id, shown);
    expect(await people.claimPeer(mine.id, shown)).toBe(device.peer);
    await expect(people.claimPeer(other.id, await signClaim(other.id, device))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await people.peersOf(mine.id)).toEqual([device.peer]);
  });

  it('is not to be had with a signature for another account, by another key, or for another purpose', async () => {
    const [device, stranger] = [await newDevice(), await newDevice()];
    const good = await signClaim(mine.id, device);
    const forged = [
      await signClaim(other.id, device),
      { ...good, publicKey: stranger.publicKey },
      { ...good, signature: (await signClaim(mine.id, stranger)).signature },
      { ...good, signature: await signText(device.privateKey, `computepool-hello:${mine.id}:${device.peer}`) },
      { ...good, signature: `${good.signature}A` },
      { ...good, publicKey: toBase64Url(new Uint8Array(65)) },
      { ...good, publicKey: '!'.repeat(87) },
      { ...good, publicKey: `${good.publicKey.slice(0, -1)}\0` },
      { ...good, host: 'other.example' },
      { host: '', publicKey: '', signature: '' },
      { host: 'h', publicKey: 'A'.repeat(5e6), signature: 'A'.repeat(5e6) },
    ];
    for (const shown of forged) {
      await expect(people.claimPeer(mine.id, shown)).rejects.toMatchObject({ code: 'not-authentic' });
    }
    expect(await people.peersOf(mine.id)).toEqual([]);
  });

  it('goes to one of two accounts that claim it at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const device = await newDevice();
      const owners = [mine.id, other.id];
      const shown = await Promise.all(owners.map((owner) => signClaim(owner, device)));
      const tries = await Promise.allSettled(
        [0, 1, 0, 1].map((at) => people.claimPeer(owners[at]!, shown[at]!).then(() => owners[at])),
      );
      const winners = new Set(tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
      expect([...winners]).toEqual([await people.ownerOf(device.peer)]);
      const lost = tries.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
      expect(lost).toEqual(['conflict', 'conflict']);
    }
  });

  it('is the last of 256, however many come at once', async () => {
    const rows = Array.from({ length: 254 }, (_, at) => ({
      peer: peerNumber(at),
      account: mine.id,
      claimedAt: clock(),
    }));
    await db.insert(accountPeers).values(rows);
    const devices = await Promise.all(Array.from({ length: 6 }, newDevice));
    const claim = async (device: (typeof devices)[number]) =>
      people.claimPeer(mine.id, await signClaim(mine.id, device)).catch(({ code }) => code);
    const results = await Promise.all(devices.map(claim));
    expect(results.filter((result) => result === 'conflict')).toHaveLength(4);
    expect(await people.peersOf(mine.id)).toHaveLength(256);
    const held = devices.find((_, at) => results[at] !== 'conflict')!;
    expect(await claim(held)).toBe(held.peer);
    await people.releasePeer(mine.id, held.peer);
    expect(await claim(held)).toBe(held.peer);
  });

  it('needs an account that is there', async () => {
    const nobody = 'ab'.repeat(16) as AccountId;
    const shown = await signClaim(nobody, await newDevice());
    await expect(people.claimPeer(nobody, shown)).rejects.toMatchObject({ code: 'not-found' });
  });
});
