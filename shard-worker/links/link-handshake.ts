// One end of the proof of one link: makes and checks hello, welcome and confirm for one epoch, tickets before anything
// else. Owns the nonces and what the far side said of itself; never touches the channel: a failure is the link's business.

import { PoolError } from '../../protocol/errors.ts';
import { fromBase64Url, type Identity, peerIdOf } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import {
  checkLink,
  type LinkEnd,
  type LinkFacts,
  type LinkRole,
  newLinkNonce,
  signLink,
} from '../../protocol/link-proof.ts';
import { checkMayAsk, openTicket, type Ticket } from '../../protocol/ticket.ts';
import type { Fingerprints } from '../words/fingerprints.ts';
import type { TokenCheck } from '../words/token-check.ts';
import type { ConfirmWord, HelloWord, WelcomeWord } from './link-words.ts';

export interface LinkHandshakeOptions {
  role: LinkRole;
  epoch: number;
  identity: Identity;
  /** Whom this side meant to reach, or whom PeerJS named. */
  peer: PeerId;
  fingerprints: Fingerprints;
  trust: TokenCheck;
}

/** What the two tickets say, once both are opened. */
export interface Standing {
  own: Ticket;
  far: Ticket;
}

export class LinkHandshake {
  readonly #options: LinkHandshakeOptions;
  readonly #nonce = newLinkNonce();
  /** The answerer's only: whose hello it has answered. */
  #answered: HelloWord | undefined;
  #standing: Standing | undefined;

  constructor(options: LinkHandshakeOptions) {
    this.#options = options;
  }

  /** Undefined until the far side's ticket was opened and the two may speak. */
  get standing(): Standing | undefined {
    return this.#standing;
  }

  /** The asker's first word, always the same one for a ticket. */
  hello(ticket: string): HelloWord {
    return { type: 'hello', ...this.#opening(ticket) };
  }

  /** Whether this very hello was answered: it was said again while the answer was on its way. */
  hasAnswered(hello: HelloWord): boolean {
    const first = this.#answered;
    return first?.nonce === hello.nonce && first.publicKey === hello.publicKey;
  }

  /**
   * The answer to a hello. Throws `not-authentic` when the key is not the one of the asker's id, or on a second asker,
   * and `ticket-refused` when the asker may not ask here: before anything is signed.
   */
  async welcome(hello: HelloWord, ticket: string): Promise<WelcomeWord> {
    if (this.#answered) throw new PoolError('not-authentic', 'A peer began a link twice.');
    this.#answered = hello;
    const { identity, peer } = this.#options;
    // Its signature comes with the confirm; a wrong key needs no signature of ours.
    if ((await idOfKey(hello.publicKey)) !== peer) {
      throw new PoolError('not-authentic', 'A peer came with another key than its id.');
    }
    await this.#meet(ticket, hello.ticket);
    const signature = await signLink(identity, 'answerer', this.#facts(hello.nonce));
    return { type: 'welcome', ...this.#opening(ticket), signature };
  }

  /** Checks a welcome and gives the confirm that ends the asker's part. Throws `not-authentic` or `ticket-refused`. */
  async confirm(welcome: WelcomeWord, ticket: string): Promise<ConfirmWord> {
    const { identity, epoch } = this.#options;
    const facts = this.#facts(welcome.nonce);
    await checkLink(welcome, 'answerer', facts);
    await this.#meet(ticket, welcome.ticket);
    return { type: 'confirm', epoch, signature: await signLink(identity, 'asker', facts) };
  }

  /** Checks a confirm: the answerer's part ends when it resolves. Throws `not-authentic`. */
  async check(confirm: ConfirmWord): Promise<void> {
    const hello = this.#answered;
    if (!hello) throw new PoolError('not-authentic', 'A peer confirmed what nobody had welcomed.');
    const shown = { publicKey: hello.publicKey, signature: confirm.signature };
    await checkLink(shown, 'asker', this.#facts(hello.nonce));
  }

  async #meet(ownTicket: string, farTicket: string): Promise<void> {
    const { role, epoch, identity, peer, trust } = this.#options;
    const expected = { publicKey: trust.orchestratorKey(), epoch, nowSeconds: trust.nowSeconds?.() };
    const far = await openTicket(farTicket, { ...expected, peer });
    const own = await openTicket(ownTicket, { ...expected, peer: identity.peer });
    if (role === 'asker') checkMayAsk(own, far);
    else checkMayAsk(far, own);
    this.#standing = { own, far };
  }

  #opening(ticket: string) {
    const { epoch, identity } = this.#options;
    return { version: PROTOCOL_VERSION, epoch, nonce: this.#nonce, publicKey: identity.publicKey, ticket } as const;
  }

  #facts(otherNonce: string): LinkFacts {
    const { role, epoch, identity, peer, fingerprints } = this.#options;
    const own: LinkEnd = { peer: identity.peer, nonce: this.#nonce, fingerprint: fingerprints.local };
    const other: LinkEnd = { peer, nonce: otherNonce, fingerprint: fingerprints.remote };
    return role === 'asker' ? { epoch, asker: own, answerer: other } : { epoch, asker: other, answerer: own };
  }
}

/** Undefined for what is no base64url: then it is nobody's id. */
async function idOfKey(publicKey: string): Promise<PeerId | undefined> {
  try {
    return await peerIdOf(fromBase64Url(publicKey));
  } catch {
    return undefined;
  }
}
