// Makes the peers of this browser earn for an account: each signs with its own key, the server is shown the proof.
import { claimPeer } from './account-api.ts';
import { fetchPart } from './fetch-part.ts';

/**
 * Resolves to how many peers this browser has shown. Claiming one's own again changes nothing. A refusal (another
 * account owns that peer) does not keep the others back: the first one is thrown at the end.
 */
export async function claimThisBrowser(accountId: string): Promise<number> {
  const { claimPeers } = await fetchPart(import('../../shard-worker/index.ts'));
  const proofs = await claimPeers(accountId);
  const refusals: unknown[] = [];
  for (const proof of proofs) {
    await claimPeer(proof).catch((refusal: unknown) => refusals.push(refusal));
  }
  if (refusals.length > 0) throw refusals[0];
  return proofs.length;
}
