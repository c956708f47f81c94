// Runs in a page with nothing to draw: drives any number of sessions at once over the coalition of a site, as the chat
// tab's worker does, and keeps what each lap said. With the draft model in this page, where it is asked for.
import { openPoolLinks, type PoolLinks } from '../../e2e/support/pool-links.ts';
import type { TraceEntry } from '../../protocol/frame.ts';
import { type ModelRef, poolIdOf } from '../../protocol/ids.ts';
import type { Sampling } from '../../protocol/sampling.ts';
import { Conversation } from '../../shard-worker/driver/conversation.ts';
import { JobGrant } from '../../shard-worker/driver/job-grant.ts';
import { ModelDrafter } from '../../shard-worker/driver/model-drafter.ts';
import { RingClient } from '../../shard-worker/driver/ring-client.ts';
import { type DraftWindows, Speculation } from '../../shard-worker/driver/speculation.ts';
import { loadOrtRuntime } from '../../shard-worker/engine/ort-runtime.ts';
import { DraftModel } from '../../shard-worker/worker/draft-model.ts';

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
}

declare global {
  interface Window {
    ring: {
      /** Resolves when links to entry and exit are proved. Gives the layers of each stage. */
      open(terms: RingTerms): Promise<{ start: number; end: number }[]>;
      /** Loads the draft model that belongs to the ring's model. */
      loadDrafter(): Promise<void>;
      run(run: RingRun): Promise<RingAnswer[]>;
    };
  }
}

/** Loading takes a second; a browser that never gets there must not hang a bench. */
const DRAFTER_POLL_MS = 50;
const DRAFTER_POLLS = 1200;

let ring: { terms: RingTerms; links: PoolLinks; client: RingClient } | undefined;
let draftModel: DraftModel | undefined;
/** Kept between answers, as a driver keeps them. */
const windows: DraftWindows = new Map();
/** Kept, as a chat tab keeps them: the first sessions of a run find caches to crop. */
const conversations: Conversation[] = [];

async function open(terms: RingTerms) {
  const links = await openPoolLinks(terms.origin, terms.model, terms.order);
  const { self, coalition, entry, exit } = links;
  const client = new RingClient({ epoch: coalition.epoch, self, entry, exit, seats: coalition.seats });
  // Each session asks for its own.
  links.done(links.grant);
  ring = { terms, links, client };
  return coalition.seats.map(({ start, end }) => ({ start, end }));
}

async function loadDrafter(): Promise<void> {
  const { origin, model } = ring!.terms;
  const source = { model, hubUrl: `${origin}/models`, indexUrl: `${origin}/models/index.json` };
  draftModel = new DraftModel(() => loadOrtRuntime('wasm', '/ort/'), source);
  draftModel.load();
  for (let poll = 0; poll < DRAFTER_POLLS && !draftModel.executor; poll++) {
    await new Promise((resolve) => setTimeout(resolve, DRAFTER_POLL_MS));
  }
  if (!draftModel.executor) throw new Error(`The draft model of ${model.repo} did not load.`);
}

async function runOne(run: RingRun, at: number, grant: string, startMs: number): Promise<RingAnswer> {
  const { links, client, terms } = ring!;
  const prompt = run.prompts[at]!;
  conversations[at] ??= new Conversation(async () => client);
  const conversation = conversations[at];
  const expected = { publicKey: links.orchestratorKey, driver: links.self, pool: poolIdOf(terms.model) };
  const jobGrant = await JobGrant.read(grant, expected);
  const answer: RingAnswer = { ids: [], tokenMs: [], laps: [], drafted: 0, accepted: 0 };
  const drafter = run.isDrafted ? new ModelDrafter(draftModel!.executor!) : undefined;
  const speculation = drafter && new Speculation(() => drafter, { windows });
  const { ids } = await conversation.generate(prompt, {
    sampling: run.sampling,
    jobGrant,
    maxTokens: run.maxTokens,
    maxContext: run.maxContext,
    eosIds: new Set(run.eosIds ?? []),
    onToken: () => {
      answer.tokenMs.push(performance.now() - startMs);
      return undefined;
    },
    onLap: ({ lap, gained, isPrefill, draftMs = 0 }) => {
      const { lapMs, trace } = lap;
      answer.laps.push({ endMs: performance.now() - startMs, lapMs, draftMs, gained, isPrefill, trace });
    },
    speculation,
  });
  speculation?.close();
  // What the next run asks is computed anew: no lane finds another one's prompt in the stages.
  conversation.close();
  links.done(grant);
  const { drafted, accepted } = speculation?.counts ?? answer;
  return { ...answer, ids, drafted, accepted };
}

window.ring = {
  open,
  loadDrafter,
  run: async (run) => {
    // All of them before any begins: sessions that had to wait for each other would show other times.
    const grants = await Promise.all(run.prompts.map(() => ring!.links.askAgain()));
    const startMs = performance.now();
    return Promise.all(grants.map((grant, at) => runOne(run, at, grant, startMs)));
  },
};
