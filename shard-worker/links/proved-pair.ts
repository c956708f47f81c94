// Two ends of a channel link with real keys over an in-memory channel: what tests of links begin with.
import type { PoolError } from '../../protocol/errors.ts';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { ChannelLink, type ChannelLinkOptions } from './channel-link.ts';
import { type FakeChannel, fakeChannelPair } from './channel-pair.ts';

export const EPOCH = 7;
export const TICKET = '00112233445566778899aabbccddeeff';
/** Fingerprints of the certificates of a and b, as either sees them. */
const [CERTIFICATE_A, CERTIFICATE_B] = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string];

export const newIdentity = async (): Promise<Identity> => identityOf(await newIdentityKeys());

/** Made once: ends differ by their channels, and keys take time. */
export const IDENTITY_A = await newIdentity();
export const IDENTITY_B = await newIdentity();

export interface Ends {
  /** The asker. */
  a: ChannelLink;
  /** The answerer. */
  b: ChannelLink;
  channelA: FakeChannel;
  channelB: FakeChannel;
  faultsA: PoolError[];
  faultsB: PoolError[];
}

type Change = Partial<ChannelLinkOptions>;

/** Two ends that have said nothing yet. By default all is right and b knows the ticket. */
export function makeEnds(changeA: Change = {}, changeB: Change = {}): Ends {
  const [channelA, channelB] = fakeChannelPair();
  const faultsA: PoolError[] = [];
  const faultsB: PoolError[] = [];
  const a = new ChannelLink({
    peer: IDENTITY_B.peer,
    epoch: EPOCH,
    role: 'asker',
    identity: IDENTITY_A,
    fingerprints: { local: CERTIFICATE_A, remote: CERTIFICATE_B },
    channel: channelA,
    onFault: (error) => faultsA.push(error),
    ...changeA,
  });
  const b = new ChannelLink({
    peer: IDENTITY_A.peer,
    epoch: EPOCH,
    role: 'answerer',
    identity: IDENTITY_B,
    fingerprints: { local: CERTIFICATE_B, remote: CERTIFICATE_A },
    channel: channelB,
    ticketOf: () => TICKET,
    onFault: (error) => faultsB.push(error),
    ...changeB,
  });
  return { a, b, channelA, channelB, faultsA, faultsB };
}

/** Two ends that have proved themselves to one another. */
export async function makeProvedEnds(changeA: Change = {}, changeB: Change = {}): Promise<Ends> {
  let ends: Ends | undefined;
  const bothProved = new Promise<void>((onProved) => {
    ends = makeEnds(changeA, { ...changeB, onProved });
  });
  await ends!.a.hello(TICKET);
  await bothProved;
  return ends!;
}
