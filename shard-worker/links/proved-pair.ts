// Two ends of a channel link with real keys over an in-memory channel: what tests of links begin with.
import type { PoolError } from '../../protocol/errors.ts';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { makeTicket, newOrchestrator, type TestOrchestrator } from '../../protocol/test-orchestrator.ts';
import { sealTicket, type Ticket } from '../../protocol/ticket.ts';
import { ChannelLink, type ChannelLinkOptions } from './channel-link.ts';
import { type FakeChannel, fakeChannelPair } from './channel-pair.ts';

export const EPOCH = 7;
/** Fingerprints of the certificates of a and b, as either sees them. */
const [CERTIFICATE_A, CERTIFICATE_B] = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string];

export const newIdentity = async (): Promise<Identity> => identityOf(await newIdentityKeys());

/** Made once: ends differ by their channels, and keys take time. */
export const IDENTITY_A = await newIdentity();
export const IDENTITY_B = await newIdentity();

export const ORCHESTRATOR = newOrchestrator();

/** A ticket as the orchestrator, or another, gives it out: by default a stage's for layers 0 to 4 of 4 in `EPOCH`. */
export const ticketOf = (
  { peer }: Pick<Identity, 'peer'>,
  fields: Partial<Ticket> = {},
  signer: TestOrchestrator = ORCHESTRATOR,
): string => sealTicket(makeTicket(peer, EPOCH, fields), signer.sign);

/** By default a holds layers 0 to 2 of 4 and b the rest: a may ask b. */
export const TICKET_A = ticketOf(IDENTITY_A, { end: 2 });
export const TICKET_B = ticketOf(IDENTITY_B, { start: 2 });

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

/** Two ends that have said nothing yet. By default all is right and both have their tickets. */
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
    trust: { orchestratorKey: () => ORCHESTRATOR.publicKey },
    ticketOf: () => TICKET_A,
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
    trust: { orchestratorKey: () => ORCHESTRATOR.publicKey },
    ticketOf: () => TICKET_B,
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
  await ends!.a.hello();
  await bothProved;
  return ends!;
}
