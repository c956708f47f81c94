// Who is silent. A neighbour that hears nothing of a tab says so, or this server has heard nothing of one that loads; the tab is asked
// over its control socket, and only then it is said what it is: not there (dead or frozen), or there and cut off from that neighbour.
// Nobody is given up on one peer's word.
import type { ClientMessage, ServerMessage } from '../../protocol/control.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { LinkCut } from './blame-links.ts';

export interface SuspectsOptions {
  send(peer: PeerId, message: ServerMessage): void;
  /** What `reporter` is to `suspect`, which lends a tab in that pool: another that does, or one that only asks. */
  standingOf(pool: PoolId, reporter: PeerId, suspect: PeerId): 'member' | 'watcher' | undefined;
  /** It answers nobody. */
  onSilent(pool: PoolId, peer: PeerId): void;
  /** Whether the word of this one counts where a link of that epoch is said to be cut. */
  mayCut(pool: PoolId, reporter: PeerId, epoch: number): boolean;
  /** These are there and hear nothing of one another: all that was told in one moment. */
  onCut(pool: PoolId, cuts: readonly LinkCut[]): void;
  now?(): number;
}

/**
 * A page answers at once; one whose main thread is busy has a second. On the word of those that lend nothing themselves it has
 * longer: anybody can watch a pool. Where nobody misses it but this server, while it loads, longer still: nothing else hangs on it.
 */
const ANSWER_MS = { member: 1_000, watcher: 3_000, server: 4_000 };
/** Who has not answered is asked again after this; longer than any has to answer. */
const CASE_MS = 5_000;
/**
 * Who has answered is there for so long; then it is asked anew. `late` is told less than two seconds before `silent`, and who is silent
 * without being given up is told again.
 */
const ANSWERED_MS = 2_000;
/** Both ends of a cut link, and the other neighbours of a tab that is cut off, tell within this. */
const GATHER_MS = 400;
/** Suspects at once; further ones wait until they are told again. */
const MAX_CASES = 1_000;
/** Links that one peer may call cut in one moment: its neighbours’, over an epoch and the one before it. */
const MAX_CUTS_OF_ONE = 8;
/** Reports that are kept about one suspect. */
const MAX_REPORTS = 256;

type Late = ClientMessage & { type: 'late' };
type Silent = ClientMessage & { type: 'silent' };

interface Case {
  askedMs: number;
  timers: NodeJS.Timeout[];
  answeredMs: number | undefined;
  reports: Report[];
}

interface Report {
  pool: PoolId;
  standing: keyof typeof ANSWER_MS;
  /** None where this server itself has missed it. */
  from?: { reporter: PeerId; told: Silent };
}

export class Suspects {
  readonly #options: SuspectsOptions;
  readonly #cases = new Map<PeerId, Case>();
  readonly #cuts = new Map<PoolId, LinkCut[]>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: SuspectsOptions) {
    this.#options = options;
  }

  late(reporter: PeerId, { pool, peer }: Late): void {
    if (this.#options.standingOf(pool, reporter, peer)) this.#ask(peer);
  }

  silent(reporter: PeerId, told: Silent): void {
    const { pool, peer } = told;
    const standing = this.#options.standingOf(pool, reporter, peer);
    if (!standing) return;
    this.#report(peer, { pool, standing, from: { reporter, told } });
  }

  /** A tab that loads has said nothing for a while. */
  missed(pool: PoolId, peer: PeerId): void {
    const { reports = [] } = this.#cases.get(peer) ?? {};
    if (!reports.some((report) => report.pool === pool && !report.from))
      this.#report(peer, { pool, standing: 'server' });
  }

  #report(peer: PeerId, report: Report): void {
    const asked = this.#ask(peer);
    if (!asked || asked.reports.length >= MAX_REPORTS) return;
    asked.reports.push(report);
    this.#judge(peer, asked);
  }

  /** It said something: anything is an answer. */
  heard(peer: PeerId): void {
    const asked = this.#cases.get(peer);
    if (!asked || asked.answeredMs !== undefined) return;
    asked.answeredMs = this.#nowMs();
    for (const timer of asked.timers) clearTimeout(timer);
    this.#judge(peer, asked);
  }

  /** Its socket closed: the roster knows. */
  left(peer: PeerId): void {
    for (const timer of this.#cases.get(peer)?.timers ?? []) clearTimeout(timer);
    this.#cases.delete(peer);
  }

  close(): void {
    for (const peer of [...this.#cases.keys()]) this.left(peer);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #ask(peer: PeerId): Case | undefined {
    const nowMs = this.#nowMs();
    const before = this.#cases.get(peer);
    if (before && !isOver(before, nowMs)) return before;
    this.left(peer);
    if (this.#cases.size >= MAX_CASES) this.#forget(nowMs);
    if (this.#cases.size >= MAX_CASES) return undefined;
    const asked: Case = { askedMs: nowMs, answeredMs: undefined, reports: [], timers: [] };
    asked.timers = Object.values(ANSWER_MS).map((ms) => setTimeout(() => this.#judge(peer, asked), ms));
    this.#cases.set(peer, asked);
    this.#options.send(peer, { type: 'probe', at: nowMs });
    return asked;
  }

  #judge(peer: PeerId, asked: Case): void {
    const { send, onSilent } = this.#options;
    const sinceMs = this.#nowMs() - asked.askedMs;
    const isAnswered = asked.answeredMs !== undefined;
    const isDue = ({ standing }: Report) => isAnswered || sinceMs >= ANSWER_MS[standing];
    const due = asked.reports.filter(isDue);
    asked.reports = asked.reports.filter((report) => !isDue(report));
    for (const { pool, from } of due) {
      if (!isAnswered) onSilent(pool, peer);
      if (!from) continue;
      const { reporter, told } = from;
      if (!isAnswered) send(reporter, { type: 'gone', peer });
      else if (!told.packets && this.#options.mayCut(pool, reporter, told.epoch))
        this.#gather(pool, { reporter, accused: peer, epoch: told.epoch });
      // Packets come and it answers: it is busy, and its sentinel with it.
    }
  }

  #gather(pool: PoolId, cut: LinkCut): void {
    const gathered = this.#cuts.get(pool);
    if (gathered) {
      const own = gathered.filter(({ reporter }) => reporter === cut.reporter);
      const isKnown = own.some(({ accused, epoch }) => accused === cut.accused && epoch === cut.epoch);
      if (!isKnown && own.length < MAX_CUTS_OF_ONE && gathered.length < MAX_REPORTS) gathered.push(cut);
      return;
    }
    const cuts = [cut];
    this.#cuts.set(pool, cuts);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#cuts.delete(pool);
      this.#options.onCut(pool, cuts);
    }, GATHER_MS);
    this.#timers.add(timer);
  }

  #forget(nowMs: number): void {
    for (const [peer, asked] of this.#cases) if (isOver(asked, nowMs)) this.left(peer);
  }

  #nowMs(): number {
    return this.#options.now?.() ?? performance.now();
  }
}

const isOver = ({ askedMs, answeredMs }: Case, nowMs: number): boolean =>
  answeredMs === undefined ? nowMs - askedMs >= CASE_MS : nowMs - answeredMs >= ANSWERED_MS;
