// Runs in a page with nothing to draw: drives any number of sessions at once over the coalition of a site, as the chat
// tab's worker does, and keeps what each lap said. Their loops run at the entry, which also drafts where it is asked to.
import { openPoolLinks, type PoolLinks } from '../../e2e/support/pool-links.ts';
import { type SignedDelivery, signDelivery } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { TraceEntry } from '../../protocol/frame.ts';
import { type ModelRef, poolIdOf } from '../../protocol/ids.ts';
import type { Sampling } from '../../protocol/sampling.ts';
import { JobGrant } from '../../shard-worker/driver/job-grant.ts';
import { LoopClient } from '../../shard-worker/driver/loop-client.ts';
import { LoopRing } from '../../shard-worker/driver/loop-ring.ts';
import type { SpeculationCounts } from '../../shard-worker/driver/speculation.ts';

export interface RingTerms {
  /** The site's origin. */
  origin: string;
  model: ModelRef;
  /** Most positions of one session: what the grant is asked for. */
  order: { promptTokens: number; maxTokens: number };
}

export interface RingRun {
  /** One session each, all at once. */
  prompts: number[][];
  maxTokens: number;
  maxContext: number;
  sampling: Sampling;
  /** Ids that end an answer; none by default, so that every lane computes the same steps. */
  eosIds?: number[];
  isDrafted?: boolean;
  /** Beside them, from when each has a token, read again and again until the last is done: the last answer, with the first token of each. */
  beside?: number[];
}

export interface RingLap {
  /** When its result came, after the run's start. */
  endMs: number;
  lapMs: number;
  draftMs: number;
  gained: number;
  isPrefill: boolean;
  trace: TraceEntry[];
}

export interface RingAnswer {
  ids: number[];
  /** When each token came, after the run's start. */
  tokenMs: number[];
  laps: RingLap[];
  drafted: number;
  accepted: number;
  drafter: SpeculationCounts['drafter'];
}

declare global {
  interface Window {
    ring: {
      /** Resolves when links to entry and exit are proved. Gives the layers of each stage. */
      open(terms: RingTerms): Promise<{ start: number; end: number }[]>;
      /** Asks until the entry drafts with the model that belongs to the ring's. */
      loadDrafter(run: RingRun): Promise<void>;
      run(run: RingRun): Promise<RingAnswer[]>;
    };
  }
}

/** Loading takes a second; a browser that never gets there must not hang a bench. */
const DRAFTER_POLL_MS = 250;
const DRAFTER_POLLS = 120;
/** Rings that a run may lose. */
const MAX_AGAIN = 3;
/** Which conversation reads beside the others. */
const BESIDE = 999;

let ring: { terms: RingTerms; links: PoolLinks; loops: LoopRing } | undefined;
/** Kept, as a chat tab keeps them: the first sessions of a run find caches to crop. */
const conversations: LoopClient[] = [];

async function open(terms: RingTerms) {
  const links = await openPoolLinks(terms.origin, terms.model, terms.order);
  const { self, coalition, entry, exit } = links;
  const loops = new LoopRing({ epoch: coalition.epoch, self, entry, exit, seats: coalition.seats });
  // Each session asks for its own.
  links.done(links.grant);
  ring = { terms, links, loops };
  return coalition.seats.map(({ start, end }) => ({ start, end }));
}

async function loadDrafter(run: RingRun): Promise<void> {
  for (let poll = 0; poll < DRAFTER_POLLS; poll++) {
    const [answer] = await runAll({ ...run, isDrafted: true });
    if (answer?.drafter === 'model') return;
    await new Promise((resolve) => setTimeout(resolve, DRAFTER_POLL_MS));
  }
  throw new Error(`The entry does not draft with the model of ${ring!.terms.model.repo}.`);
}

type OneRun = Omit<RingRun, 'prompts'> & { prompt: number[]; onFirst?(): void };

async function runOne(
  { prompt, onFirst, ...run }: OneRun,
  at: number,
  grant: string,
  startMs: number,
): Promise<RingAnswer> {
  const { links, loops, terms } = ring!;
  conversations[at] ??= new LoopClient(async () => loops);
  const conversation = conversations[at];
  const expected = { publicKey: links.orchestratorKey, driver: links.self, pool: poolIdOf(terms.model) };
  const jobGrant = await JobGrant.read(grant, expected);
  const answer: RingAnswer = { ids: [], tokenMs: [], laps: [], drafted: 0, accepted: 0, drafter: 'none' };
  const { server, job, nonce, pool, driver } = jobGrant.claims;
  const { epoch } = links.coalition;
  const witness = (): Promise<SignedDelivery> => {
    const tokens = answer.tokenMs.length;
    const delivered = tokens > 0 ? [{ epoch, tokens }] : [];
    const note = { server, job, nonce, pool, peer: driver, promptTokens: prompt.length, cachedTokens: 0, delivered };
    return signDelivery(links.identity, note);
  };
  const { ids } = await conversation.generate(prompt, {
    sampling: run.sampling,
    jobGrant,
    witness,
    maxTokens: run.maxTokens,
    maxContext: run.maxContext,
    eosIds: new Set(run.eosIds ?? []),
    onToken: () => {
      answer.tokenMs.push(performance.now() - startMs);
      if (answer.tokenMs.length === 1) onFirst?.();
      return undefined;
    },
    onLap: ({ lap, gained, isPrefill, draftMs = 0 }) => {
      const { lapMs, trace } = lap;
      answer.laps.push({ endMs: performance.now() - startMs, lapMs, draftMs, gained, isPrefill, trace });
    },
    drafter: run.isDrafted ? 'model' : 'none',
    onDrafted: ({ drafted, accepted, drafter }) => void Object.assign(answer, { drafted, accepted, drafter }),
  });
  // What the next run asks is computed anew: no lane finds another one's prompt in the stages.
  conversation.close();
  links.done(grant);
  return { ...answer, ids };
}

async function runAll(run: RingRun): Promise<RingAnswer[]> {
  // All of them before any begins: sessions that had to wait for each other would show other times.
  const grants = await Promise.all(run.prompts.map(({ length }) => ring!.links.askAgain(length)));
  const startMs = performance.now();
  const { beside } = run;
  let isOver = false;
  const begun: Promise<void>[] = [];
  const running = Promise.all(
    grants.map((grant, at) => {
      let onFirst = () => {};
      begun.push(
        new Promise((resolve) => {
          onFirst = resolve;
        }),
      );
      return runOne({ ...run, prompt: run.prompts[at]!, onFirst }, at, grant, startMs);
    }),
  );
  const read = () => readAgain({ ...run, prompt: beside!, maxTokens: 1 }, startMs, () => isOver);
  const reading = beside && Promise.all(begun).then(read);
  // It is awaited below, unless the others fail first: then theirs is what is told.
  reading?.catch(() => {});
  const answers = await running;
  isOver = true;
  return reading ? [...answers, await reading] : answers;
}

async function readAgain(run: OneRun, startMs: number, isOver: () => boolean): Promise<RingAnswer> {
  const all: RingAnswer[] = [];
  do all.push(await runOne(run, BESIDE, await ring!.links.askAgain(run.prompt.length), startMs));
  while (!isOver());
  return { ...all[0]!, tokenMs: all.flatMap(({ tokenMs }) => tokenMs), laps: all.flatMap(({ laps }) => laps) };
}

/**
 * A server that has timed its tabs may cut a ring anew, and closes the old one's links when the new one serves. Chats move at a token;
 * a run is of one ring, and is begun again over the next one.
 */
async function runOverOne(run: RingRun): Promise<RingAnswer[]> {
  for (let again = 0; ; again++) {
    try {
      return await runAll(run);
    } catch (error) {
      if (again === MAX_AGAIN || PoolError.from(error).code !== 'stage-left') throw error;
      conversations.length = 0;
      await open(ring!.terms);
    }
  }
}

window.ring = {
  open,
  loadDrafter,
  run: runOverOne,
};
