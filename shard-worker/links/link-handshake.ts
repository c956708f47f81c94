// One end of the proof of one link: makes and checks hello, welcome and confirm for one epoch. Owns the nonces and what
// the far side said of itself; never touches the channel, and what a failure does to the link is the link's business.
import { PoolError } from '../../protocol/errors.ts';
import { fromBase64Url, type Identity, peerIdOf } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import {
  checkLinkProof,
  type LinkEnd,
  type LinkFacts,
  type LinkRole,
  makeLinkProof,
  newLinkNonce,
} from '../../protocol/link-proof.ts';
import type { ConfirmWord, HelloWord, WelcomeWord } from './link-words.ts';

/** The two certificates that secure the connection, as this side sees them: 64 hex characters each. */
export interface Fingerprints {
  local: string;
  remote: string;
}

export interface LinkHandshakeOptions {
  role: LinkRole;
  epoch: number;
  identity: Identity;
  /** Whom this side meant to reach, or whom PeerJS named. */
  peer: PeerId;
  fingerprints: Fingerprints;
}

export class LinkHandshake {
  readonly #options: LinkHandshakeOptions;
  readonly #nonce = newLinkNonce();
  /** The answerer's only: whose hello it has answered, with which ticket. */
  #answered: { hello: HelloWord; ticket: string } | undefined;

  constructor(options: LinkHandshakeOptions) {
    this.#options = options;
  }

  /** The asker's first word, always the same one. */
  hello(): HelloWord {
    return { type: 'hello', ...this.#opening() };
  }

  /** Whether this very hello was answered: it was said again while the answer was on its way. */
  hasAnswered(hello: HelloWord): boolean {
    const first = this.#answered?.hello;
    return first?.nonce === hello.nonce && first.publicKey === hello.publicKey;
  }

  /** The answer to a hello. Throws `not-authentic` when the key is not the one of the asker's id, or on a second asker. */
  async welcome(hello: HelloWord, ticket: string): Promise<WelcomeWord> {
    if (this.#answered) throw new PoolError('not-authentic', 'A peer began a link twice.');
    this.#answered = { hello, ticket };
    const { identity, peer } = this.#options;
    // Its signature comes with the confirm; a wrong key needs no signature of ours.
    if ((await idOfKey(hello.publicKey)) !== peer) {
      throw new PoolError('not-authentic', 'A peer came with another key than its id.');
    }
    const proof = await makeLinkProof(identity, ticket, 'answerer', this.#facts(hello.nonce));
    return { type: 'welcome', ...this.#opening(), ...proof };
  }

  /** Checks a welcome and gives the confirm that ends the asker's part. Throws `not-authentic`. */
  async confirm(welcome: WelcomeWord, ticket: string): Promise<ConfirmWord> {
    const { identity, epoch } = this.#options;
    const facts = this.#facts(welcome.nonce);
    await checkLinkProof(welcome, ticket, 'answerer', facts);
    return { type: 'confirm', epoch, ...(await makeLinkProof(identity, ticket, 'asker', facts)) };
  }

  /** Checks a confirm: the answerer's part ends when it resolves. Throws `not-authentic`. */
  async check(confirm: ConfirmWord): Promise<void> {
    if (!this.#answered) throw new PoolError('not-authentic', 'A peer confirmed what nobody had welcomed.');
    const { hello, ticket } = this.#answered;
    const shown = { publicKey: hello.publicKey, signature: confirm.signature, proof: confirm.proof };
    await checkLinkProof(shown, ticket, 'asker', this.#facts(hello.nonce));
  }

  #opening() {
    const { epoch, identity } = this.#options;
    return { version: PROTOCOL_VERSION, epoch, nonce: this.#nonce, publicKey: identity.publicKey } as const;
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
