// What a grant lets a driver do at one stage: open so many sessions, compute so far, and for so long. Gives each admitted
// session its meter. Owns no session and no cache.
import { PoolError } from '../../protocol/errors.ts';
import type { Grant, OpenGrant } from '../../protocol/grant.ts';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import type { Link } from '../links/link.ts';
import { checkReach, GrantVerifier, type GrantVerifierOptions } from './grant-verifier.ts';
import type { JobMeter } from './job-meter.ts';
import type { MeterRegistry } from './meter-registry.ts';
import type { OpenSession } from './open-session.ts';

/** A driver that replays opens another session for the same choice; it tries five times. */
const SESSIONS_PER_CHOICE = 6;
/** Rows computed in all, against those that a grant pays: drafts that are taken back are computed again. */
const ROWS_PER_POSITION = 16;

export interface GrantTerms extends GrantVerifierOptions {
  /** This stage's own peer: where the asker owns the device its frames go first. */
  self: PeerId;
  meters: MeterRegistry;
}

/** The layers that meters are about; drivers themselves open sessions at the entry, elsewhere the stage before does. */
type Layers = Pick<LayerExecutor, 'start' | 'end' | 'entry'>;

export interface Admitted {
  grant: Grant;
  meter: JobMeter;
}

export class SessionGate {
  readonly #grants: GrantTerms;
  readonly #epoch: number;
  readonly #layers: Layers;
  readonly #verifier: GrantVerifier;

  constructor(grants: GrantTerms, epoch: number, layers: Layers) {
    this.#grants = grants;
    this.#epoch = epoch;
    this.#layers = layers;
    this.#verifier = new GrantVerifier(grants);
  }

  /** The grant of an OPEN frame that came from this link. Throws `grant-refused`. */
  async read(open: OpenSession, from: Link): Promise<OpenGrant> {
    if (this.#layers.entry && from.peer !== open.driver) {
      throw new PoolError('grant-refused', 'A driver opens sessions with its own grant only.');
    }
    return this.#verifier.read(open);
  }

  /** Counts the session in. `open` are the jobs of the other sessions that are open here. Throws `grant-refused`. */
  admit(session: SessionId, grant: OpenGrant, open: Iterable<JobId | undefined>): Admitted {
    const { server, job, nonce, sessions, pool } = grant;
    const epoch = this.#epoch;
    const { start, end } = this.#layers;
    const { meters, self } = this.#grants;
    if (meters.isOver(job)) throw over();
    const isKnown = meters.has({ epoch, job, session });
    let others = 0;
    for (const other of open) if (other === job) others++;
    const isTooMany = others >= sessions || meters.sessionsOf(job, epoch) >= sessions * SESSIONS_PER_CHOICE;
    if (!isKnown && isTooMany) {
      throw new PoolError('grant-refused', `The grant is for ${sessions} sessions.`, { data: { sessions } });
    }
    return { grant, meter: meters.open({ server, job, nonce, session, pool, epoch, peer: self, start, end }) };
  }

  /** Before a frame is computed. Throws `grant-refused`. */
  check({ grant, meter }: Admitted, frame: { position: number; tokens: number }): void {
    this.#verifier.checkTime(grant);
    checkReach(grant, frame);
    if (this.#grants.meters.isOver(grant.job)) throw over();
    if (meter.rows > ROWS_PER_POSITION * grant.maxPosition) {
      throw new PoolError('grant-refused', 'The session was computed again more often than any grant pays.');
    }
    this.#grants.meters.touch(meter);
  }

  isOwn(grant: Grant): boolean {
    return grant.own.includes(this.#grants.self);
  }
}

/** Its receipts were signed: what is computed now nobody pays. */
const over = (): PoolError => new PoolError('grant-refused', 'The job of this grant is over.');
