import { expect, it } from 'vitest';
import { openGrant } from '../../protocol/grant.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import { openTicket } from '../../protocol/ticket.ts';
import { PAGE_EPOCH, PageServer } from './page-server.ts';

const POOL = 'computepool/guide-4m@main:q4' as PoolId;
const PEER = 'a'.repeat(32) as PeerId;
const OTHER = 'b'.repeat(32) as PeerId;

it('gives tickets and grants that its own page believes, for whom they are about', async () => {
  const server = await PageServer.start(POOL, 8);
  const { orchestratorKey: publicKey, nowSeconds } = server.trust;
  const expected = { publicKey, peer: PEER, epoch: PAGE_EPOCH, nowSeconds };
  const stage = await server.ticket(PEER, { start: 2, end: 5 });
  const told = { pool: POOL, epoch: PAGE_EPOCH, peer: PEER, layers: 8 };
  expect(await openTicket(stage, expected)).toMatchObject({ ...told, role: 'stage', start: 2, end: 5 });
  expect(await openTicket(await server.ticket(PEER), expected)).toMatchObject({ role: 'driver', start: 0, end: 0 });
  await expect(openTicket(stage, { ...expected, peer: OTHER })).rejects.toMatchObject({ code: 'ticket-refused' });

  const grant = await server.grant(PEER, { promptTokens: 9, maxPosition: 40 });
  const bounds = { promptTokens: 9, maxPosition: 40, sessions: 1, own: [] };
  expect(await openGrant(grant, { publicKey, driver: PEER, pool: POOL, nowSeconds })).toMatchObject(bounds);
});

it('is believed by no other page', async () => {
  const [server, other] = await Promise.all([PageServer.start(POOL, 8), PageServer.start(POOL, 8)]);
  const grant = await server.grant(PEER, { promptTokens: 9, maxPosition: 40 });
  const { orchestratorKey: publicKey } = other.trust;
  await expect(openGrant(grant, { publicKey, driver: PEER, pool: POOL })).rejects.toMatchObject({
    code: 'grant-refused',
  });
});
