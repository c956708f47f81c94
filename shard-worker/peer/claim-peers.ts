// Says with this browser's own keys which account its peers earn for. Sends nothing: the page shows the proofs.
import { claimText } from '../../protocol/claim.ts';
import { identityOf, signText } from '../../protocol/identity.ts';
import type { Host } from '../host/host.ts';

/** One proof per peer that the host keeps, as `POST /api/account/peers` takes it. */
export async function claimPeers(
  host: Pick<Host, 'keptKeys' | 'origin'>,
  accountId: string,
): Promise<{ host: string; publicKey: string; signature: string }[]> {
  const { host: server } = new URL(host.origin);
  const identities = await Promise.all((await host.keptKeys()).map(identityOf));
  return Promise.all(
    identities.map(async ({ peer, publicKey, privateKey }) => ({
      host: server,
      publicKey,
      signature: await signText(privateKey, claimText(server, accountId, peer)),
    })),
  );
}
