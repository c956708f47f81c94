// Carries what peers say to whom it concerns: the roster, the jobs, the estimator of round trips. Knows no socket and no rule.

import type { Logger } from 'pino';
import type { ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { TokenBucket } from '../admission/token-bucket.ts';
import type { CanaryRunner } from '../canary/canary-runner.ts';
import { addressKey } from '../http/client-address.ts';
import type { JobDispatcher } from '../jobs/job-dispatcher.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import { peerOwner } from '../ledger/owner.ts';
import type { RosterEvent } from '../roster/apply-roster-event.ts';
import { Suspects } from '../roster/ask-suspects.ts';
import type { LiveRoster } from '../roster/live-roster.ts';
import { LoadWatch } from '../roster/watch-loads.ts';
import type { PeerMessage } from './control-connection.ts';
import type { PeerListener } from './control-socket.ts';
import type { ReadOffers } from './read-offers.ts';

export interface RouteMessagesOptions {
  roster: LiveRoster;
  jobs: JobDispatcher;
  canary: CanaryRunner;
  ledger: Pick<Ledger, 'welcome'>;
  logger: Logger;
  /** Round trips that a peer measured to others. */
  onRtts(peer: PeerId, rtts: readonly { peer: PeerId; ms: number }[]): void;
  /** The round trip from this server to a peer, as it timed it. */
  onDistance(peer: PeerId, ms: number): void;
  /** Whether an account owns the peer: then the account had its welcome credits. */
  isOwned(peer: PeerId): Promise<boolean>;
  /** Where offers wait until the server knows their model; `take` is told what it read. */
  offers(take: ConstructorParameters<typeof ReadOffers>[0]['take']): Pick<ReadOffers, 'offered' | 'left'>;
  /** Says something to one peer, if it is connected. */
  send(peer: PeerId, message: ServerMessage): void;
  onLeft?(peer: PeerId): void;
}

/** Round trips of a peer are read at this pace: it beats each five seconds, and a plan needs no newer ones. */
const RTTS_PER_SECOND = 1;
const RTTS_BURST = 10;

/** Welcome credits that are being written: a burst of joining tabs must not open a transaction each. */
const MAX_WELCOMES_UNDER_WAY = 64;

/** `close`: nobody is asked or missed any more. */
export type RoutedMessages = PeerListener & { close(): void };

export function routeMessages(options: RouteMessagesOptions): RoutedMessages {
  const { roster, jobs, canary, ledger, logger } = options;
  /** One for each time that a peer is here: who comes back is another guest. */
  const guests = new Map<PeerId, { address: string }>();
  const offers = options.offers((peer, { pool, manifest, capability }, read) =>
    roster.dispatch({ type: 'peer-offered', peer, pool, manifest, read, capability }),
  );
  /** Those that were taken for silent. */
  const silenced = new Set<PeerId>();
  const suspects = new Suspects({
    send: options.send,
    standingOf(id, reporter, suspect) {
      const pool = roster.pool(id);
      const isMember = (peer: PeerId) => pool?.peers.some((entry) => entry.peer === peer) ?? false;
      if (!isMember(suspect)) return undefined;
      return isMember(reporter) ? 'member' : pool?.watchers.includes(reporter) ? 'watcher' : undefined;
    },
    onSilent(pool, peer) {
      logger.warn({ pool, peer }, 'a tab answers nobody');
      silenced.add(peer);
      roster.dispatch({ type: 'peer-silent', peer, pool });
    },
    // Anybody can watch: who lends nothing counts where it has an answer under way.
    mayCut: (pool, reporter, epoch) => roster.lentTo(reporter) === pool || jobs.hasAnswer(reporter, pool, epoch),
    onCut(pool, cuts) {
      logger.warn({ pool, cuts: cuts.length }, 'links carry nothing');
      roster.dispatch({ type: 'links-cut', pool, cuts });
    },
  });
  const loads = new LoadWatch({
    coalitions: () => roster.coalitions(),
    onMissed: (pool, peer) => suspects.missed(pool, peer),
  });
  const paces = new Map<PeerId, TokenBucket>();
  const welcomed = new Map<PeerId, Promise<void>>();
  let welcoming = 0;

  const writeWelcome = async (peer: PeerId, address: string): Promise<void> => {
    welcoming++;
    try {
      if (!(await options.isOwned(peer))) await ledger.welcome(peerOwner(peer), address);
    } catch (thrown) {
      welcomed.delete(peer);
      logger.error({ err: thrown }, 'welcome credits could not be written');
    } finally {
      welcoming--;
    }
  };

  /** Welcome credits come at the first thing that a peer asks or offers. Resolves when they are there, for every caller. */
  const welcome = async (peer: PeerId): Promise<void> => {
    const guest = guests.get(peer);
    if (!guest) return;
    if (!welcomed.has(peer) && welcoming < MAX_WELCOMES_UNDER_WAY)
      welcomed.set(peer, writeWelcome(peer, guest.address));
    await welcomed.get(peer);
  };

  /** Behind its welcome credits, if it is here still: who hung up meanwhile asks for nothing. */
  const onceWelcome = (peer: PeerId, act: (address: string) => void): void => {
    const guest = guests.get(peer);
    void welcome(peer).then(() => {
      if (guest && guests.get(peer) === guest) act(guest.address);
    });
  };

  return {
    joined(peer, address) {
      guests.set(peer, { address });
      paces.set(peer, new TokenBucket(RTTS_PER_SECOND, RTTS_BURST, performance.now()));
      roster.greet(peer);
      jobs.peerJoined(peer);
    },
    left(peer) {
      guests.delete(peer);
      silenced.delete(peer);
      suspects.left(peer);
      loads.left(peer);
      paces.delete(peer);
      welcomed.delete(peer);
      offers.left(peer);
      roster.dispatch({ type: 'peer-left', peer });
      jobs.peerGone(peer);
      canary.peerGone(peer);
      options.onLeft?.(peer);
    },
    close() {
      loads.close();
      suspects.close();
    },
    measured: (peer, ms) => options.onDistance(peer, ms),
    heard(peer, message) {
      suspects.heard(peer);
      loads.heard(peer);
      if (silenced.has(peer)) {
        roster.dispatch({ type: 'peer-heard', peer });
        if (!roster.isTakenForSilent(peer)) silenced.delete(peer);
      }
      switch (message.type) {
        case 'heartbeat':
          if (paces.get(peer)?.take(performance.now())) {
            options.onRtts(peer, message.rtts ?? []);
          }
          return;
        case 'late':
          suspects.late(peer, message);
          return;
        case 'silent':
          suspects.silent(peer, message);
          return;
        case 'stood-still':
          jobs.stoodStill(peer, message);
          return;
        case 'present':
          return;
        case 'ask':
          onceWelcome(peer, (address) => void jobs.ask(peer, message, addressKey(address)));
          return;
        case 'ask-cancel':
          // Behind the ask that it is about, which may wait for its credits.
          onceWelcome(peer, () => jobs.askCancelled(peer, message.ask));
          return;
        case 'ask-done':
          void jobs.askDone(peer, message);
          return;
        case 'job-events':
          jobs.jobEvents(
            peer,
            message.events.filter((event) => !canary.hear(peer, event)),
          );
          return;
        case 'receipts':
          if (!message.goesOn) canary.receiptsCame(peer, message.job, message.epoch, message.receipts);
          void jobs.receiptsCame(peer, message.job, message.epoch, message.receipts, message.delivery, message.goesOn);
          return;
        case 'offer':
          void welcome(peer);
          offers.offered(peer, guests.get(peer)?.address ?? '', message);
          return;
        default:
          if (message.type === 'leave' || message.type === 'drain') offers.left(peer);
          if (message.type === 'stage-failed') {
            // The code alone: a message may quote what the stage worked on.
            logger.warn({ peer, epoch: message.epoch, code: PoolError.from(message.error).code }, 'stage failed');
          }
          roster.dispatch(eventOf(peer, message));
      }
    },
  };
}

type RosterWord = Exclude<
  PeerMessage,
  {
    type:
      | 'heartbeat'
      | 'late'
      | 'silent'
      | 'stood-still'
      | 'present'
      | 'ask'
      | 'ask-cancel'
      | 'ask-done'
      | 'job-events'
      | 'receipts'
      | 'offer';
  }
>;

/** A message in the roster's words. */
function eventOf(peer: PeerId, message: RosterWord): RosterEvent {
  switch (message.type) {
    case 'load-progress':
      return { ...message, type: 'load-progressed', peer, pool: message.pool };
    case 'spare-warm':
    case 'spare-failed': {
      const { pool, start, end } = message;
      return { type: 'spare-told', peer, pool, layers: { start, end }, isReady: message.type === 'spare-warm' };
    }
    case 'stage-ready':
      return { ...message, type: 'stage-readied', peer, pool: message.pool };
    case 'stage-failed':
      return { type: 'stage-failed', peer, pool: message.pool, epoch: message.epoch };
    case 'link-down':
      return { type: 'link-broken', peer, pool: message.pool, epoch: message.epoch, to: message.peer };
    case 'watch':
      return { type: 'pool-watched', peer, pool: message.pool };
    case 'drain':
      return { type: 'stage-drained', peer };
    case 'leave':
      return { type: 'stage-left', peer };
  }
}
