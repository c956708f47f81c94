// The driver side of a worker: tokenises, drives sessions over the coalition that serves now, detokenises. The prompt
// leaves this tab only as token ids to the entry stage.
import { PoolError } from '../../protocol/errors.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Sampling } from '../../protocol/sampling.ts';
import { AnswerStatsMeter } from '../driver/answer-stats.ts';
import { Conversation } from '../driver/conversation.ts';
import { makePromptFormat, type PromptFormat } from '../driver/prompt-format.ts';
import { RingClient } from '../driver/ring-client.ts';
import { TextStream } from '../driver/text-stream.ts';
import { contextLimit } from '../model/context-limit.ts';
import { openModelFiles } from '../model/open-model.ts';
import type { Answer, AskRequest } from '../peer/peer-state.ts';
import { LinkTable } from './link-table.ts';
import type { CoalitionForDriver, ModelSource, WorkerEvents } from './worker-api.ts';

type Tell = <Name extends keyof WorkerEvents & string>(event: Name, data: WorkerEvents[Name]) => void;

/** How long an answer waits for a coalition to form again before it gives up. */
const ACQUIRE_TIMEOUT_MS = 120_000;
/** A bound for a person who sets none. */
const DEFAULT_MAX_TOKENS = 512;
const STATS_EVERY_MS = 250;

interface Serving {
  client: RingClient;
  coalition: CoalitionForDriver;
}

export class ChatHost {
  readonly #tell: Tell;
  readonly #asks = new Map<number, AbortController>();
  readonly #waiting = new Set<() => void>();
  readonly #clients = new Set<RingClient>();
  readonly links: LinkTable;
  readonly #conversation = new Conversation((signal) => this.#acquire(signal));
  #format: Promise<{ format: PromptFormat; maxContext: number }> | undefined;
  #self: PeerId | undefined;
  #serving: Serving | undefined;

  constructor(identity: () => Identity, tell: Tell) {
    this.#tell = tell;
    this.links = new LinkTable({
      identity,
      // Nobody opens a link to a driver: it asks for both of its own.
      ticketOf: () => undefined,
      onReady: () => {},
      onClosed: ({ id, epoch, peer, direction }) => tell('link-closed', { id, epoch, peer, direction }),
    });
  }

  async start(params: ModelSource & { self: PeerId }): Promise<void> {
    this.#self = params.self;
    this.#format = readFormat(params);
    // A failure is reported by the first ask as well as here.
    await this.#format;
  }

  use(coalition: CoalitionForDriver): void {
    const { epoch, seats } = coalition;
    const first = seats[0];
    const last = seats[seats.length - 1];
    const entry = first && this.links.get(epoch, 'out', first.peer);
    const exit = last && this.links.get(epoch, 'out', last.peer);
    if (!entry || !exit || !this.#self)
      throw new PoolError('link-failed', 'The links to the coalition are not in place.');
    const client = new RingClient({ epoch, self: this.#self, entry, exit });
    this.#clients.add(client);
    this.#serving = { client, coalition };
    if (this.#asks.size === 0) this.#conversation.releaseUnless(client);
    for (const wake of this.#waiting) wake();
  }

  /** Laps over this epoch end with `error`; answers go on when the next coalition is there. */
  drop(epoch: number, error: PoolError): void {
    if (this.#serving?.coalition.epoch === epoch) this.#serving = undefined;
    for (const client of this.#clients) {
      if (client.epoch !== epoch) continue;
      client.end(error);
      this.#clients.delete(client);
    }
    this.links.closeEpoch(epoch);
  }

  cancel(id: number): void {
    this.#asks.get(id)?.abort();
  }

  async ask(id: number, request: AskRequest): Promise<Answer> {
    if (this.#asks.size > 0) throw new PoolError('rate-limited', 'One answer at a time in this tab.');
    const abort = new AbortController();
    this.#asks.set(id, abort);
    try {
      return await this.#answer(id, request, abort.signal);
    } finally {
      this.#asks.delete(id);
      this.#conversation.releaseUnless(this.#serving?.client);
    }
  }

  async #answer(id: number, request: AskRequest, signal: AbortSignal): Promise<Answer> {
    const { format, maxContext } = await this.#opened();
    const prompt = format.encodeChat(request.messages);
    const startedMs = performance.now();
    const text = new TextStream({ decode: format.decode, ...(request.stop ? { stop: request.stop } : {}) });
    let meter: AnswerStatsMeter | undefined;
    let written = '';
    let toldMs = 0;
    const write = (delta: string) => {
      if (delta === '') return;
      written += delta;
      this.#tell('text', { id, delta });
    };
    const generated = await this.#conversation.generate(prompt, {
      sampling: samplingOf(request, format),
      maxTokens: request.maxTokens ?? DEFAULT_MAX_TOKENS,
      maxContext,
      eosIds: format.eosIds,
      signal,
      onNotice: (notice) => {
        // Another route has other seats: its times are added up anew.
        if (notice !== '') meter = undefined;
        this.#tell('notice', { id, notice });
      },
      onToken: (token, lap) => {
        const now = performance.now();
        meter ??= new AnswerStatsMeter(this.#serving?.coalition.seats ?? [], prompt.length, startedMs);
        meter.add(lap, now);
        write(text.push(token));
        if (now - toldMs > STATS_EVERY_MS) {
          toldMs = now;
          this.#tell('stats', { id, stats: meter.stats() });
        }
        return text.stopped;
      },
    });
    write(text.end());
    meter ??= new AnswerStatsMeter(this.#serving?.coalition.seats ?? [], prompt.length, startedMs);
    const stats = { ...meter.stats(), tokens: generated.ids.length };
    this.#tell('stats', { id, stats });
    return { text: written, tokenIds: generated.ids, finishReason: generated.finishReason, stats };
  }

  #opened(): Promise<{ format: PromptFormat; maxContext: number }> {
    if (!this.#format) throw new PoolError('internal', 'The driver was not started.');
    return this.#format;
  }

  #acquire(signal?: AbortSignal): Promise<RingClient> {
    return new Promise((resolve, reject) => {
      const finish = (error?: PoolError) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', onAbort);
        if (error) reject(error);
        else if (this.#serving) resolve(this.#serving.client);
      };
      const look = () => {
        if (this.#serving && !this.#serving.client.ended) finish();
      };
      const onAbort = () => finish(new PoolError('cancelled', 'Stopped while waiting for a coalition.'));
      const timer = setTimeout(
        () => finish(new PoolError('no-stages', 'No coalition serves this model now.')),
        ACQUIRE_TIMEOUT_MS,
      );
      this.#waiting.add(look);
      signal?.addEventListener('abort', onAbort);
      look();
    });
  }
}

async function readFormat(source: ModelSource): Promise<{ format: PromptFormat; maxContext: number }> {
  const files = await openModelFiles(source);
  const [tokenizer, tokenizerConfig, config] = await Promise.all([
    files.json('tokenizer.json'),
    files.json('tokenizer_config.json'),
    files.json('config.json'),
  ]);
  const generation = await files.optionalText('generation_config.json');
  const inConfig = typeof (tokenizerConfig as { chat_template?: unknown })?.chat_template;
  const chatTemplate = inConfig === 'undefined' ? await files.optionalText('chat_template.jinja') : undefined;
  const format = makePromptFormat({
    tokenizer,
    tokenizerConfig,
    config,
    generationConfig: generation === undefined ? {} : parseObject(generation),
    ...(chatTemplate === undefined ? {} : { chatTemplate }),
  });
  return { format, maxContext: contextLimit(config) };
}

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PoolError('model-unsupported', 'The model’s generation_config.json is not JSON.', { cause });
  }
}

function samplingOf(request: AskRequest, format: PromptFormat): Sampling {
  const { defaults } = format;
  return {
    temperature: request.temperature ?? defaults.temperature,
    topK: request.topK ?? defaults.topK,
    topP: request.topP ?? defaults.topP,
    seed: request.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!,
  };
}
