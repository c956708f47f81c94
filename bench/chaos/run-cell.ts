// One cell: a fresh network, a calm run, then the fault as often as the cell says, each time in the phase that it names.
import { ensureBenchModel, GUIDE, TALKER, WIDE_TALKER } from '../support/bench-models.ts';
import { median } from '../support/quantile.ts';
import { askMany } from './ask-many.ts';
import { befallServer, befallTab } from './befall.ts';
import type { Cell, Role } from './cells.ts';
import { judgeRound, type SeenAnswer, type SeenRound } from './judge-cell.ts';
import { type Network, openNetwork, type Tab } from './open-network.ts';
import { heldMicros, readStages, ringReady, type Stage, seatOf, seatsOf } from './read-network.ts';
import { until } from './until.ts';
import { chargedMicros, finished, growthOf, longestSilenceS, watchAnswer } from './watch-answer.ts';

export interface RoundResult {
  silentS?: number;
  /** One sentence per thing that is not as it must be. */
  faults: string[];
}

export interface CellResult {
  cell: Cell;
  rounds: RoundResult[];
  /** Median. */
  silentS?: number;
  /** The same of the calm run. */
  calmSilentS?: number;
  /** From the question on; a loss before the first token costs as much again, or less. */
  calmFirstTokenS?: number;
  aimS?: number;
  /** Why it could not be run to its end: then it shows nothing. */
  notShown?: string;
}

const STAGES = 3;
const ANSWER_MS = 240_000;
const PAID_MS = 60_000;
/** A tab in reserve loads meanwhile what it is to hold. */
const WARM_MS = 120_000;
/** The fault comes when so much of the answer is there. */
const BEGUN_CHARACTERS = 20;
/** In the middle of the prompt: a share of the calm run's time to its first token. */
const PREFILL_SHARE = 0.25;
const MODELS = {
  guide: () => GUIDE,
  small: () => ensureBenchModel(TALKER),
  wide: () => ensureBenchModel(WIDE_TALKER),
};
/** Enough for the fault and for what follows it. */
const TOKENS_OF_PHASE: Partial<Record<Cell['phase'], number>> = { prefill: 24, load: 24, retired: 320 };
const TOKENS_OF_WEIGHTS: Readonly<Record<Cell['weights'], number>> = { guide: 120, small: 120, wide: 60 };
/** A CPU that plays the GPU takes its time. */
const TOKENS_ON_GPU = 40;
const LONG_QUESTION = Array.from({ length: 150 }, (_, at) => `Part ${at} of a story about a fox.`).join(' ');

/** Nothing is thrown for what the network did: it is told in the result. */
export async function runCell(cell: Cell): Promise<CellResult> {
  const result: CellResult = { cell, rounds: [] };
  try {
    const model = MODELS[cell.weights]();
    const network = await openNetwork(model, cell.phase === 'retired' ? 'all' : STAGES);
    try {
      await new CellRun(cell, network, model.layers, result).run();
    } finally {
      await network.close();
    }
  } catch (error) {
    result.notShown = (error as Error).message.split('\n')[0]!;
  }
  const silent = result.rounds.flatMap(({ silentS }) => silentS ?? []);
  if (silent.length > 0) result.silentS = median(silent);
  return result;
}

interface Calm {
  answers: SeenAnswer[];
  silentS: number;
  firstTokenS: number;
}

class CellRun {
  readonly #cell: Cell;
  readonly #network: Network;
  readonly #layers: number;
  readonly #result: CellResult;
  #stages: Tab[] = [];

  constructor(cell: Cell, network: Network, layers: number, result: CellResult) {
    this.#cell = cell;
    this.#network = network;
    this.#layers = layers;
    this.#result = result;
  }

  async run(): Promise<void> {
    const { phase, rounds, aim } = this.#cell;
    await this.#openStages(this.#cell.hasSpare ? STAGES + 1 : STAGES);
    const formedMs = performance.now();
    const calm = phase === 'eight' ? await this.#calmMany() : await this.#calm();
    const loadS = (this.#readyMs - formedMs) / 1000;
    this.#result.calmSilentS = calm.silentS;
    if (phase !== 'eight') this.#result.calmFirstTokenS = calm.firstTokenS;
    if (aim !== undefined) this.#result.aimS = aim === 'load' ? loadS + calm.firstTokenS : aim;
    for (let round = 0; round < rounds; round++) {
      if (this.#cell.hasSpare)
        await until('a tab in reserve that holds what it was asked to', WARM_MS, () => this.#isWarm());
      const seen = await this.#round(calm);
      const { silentS } = seen;
      const faults = judgeRound(this.#cell, calm.answers, seen);
      this.#result.rounds.push({ ...(silentS === undefined ? {} : { silentS }), faults });
      if (round + 1 < rounds) await this.#heal();
    }
  }

  #readyMs = 0;
  #victim: Tab | undefined;

  #round(calm: Calm): Promise<SeenRound> {
    const { role, phase } = this.#cell;
    if (phase === 'eight') return this.#roundOfMany();
    if (phase === 'load') return this.#roundInLoad();
    return role === 'client' ? this.#roundOfClient() : this.#roundInAnswer(calm);
  }

  async #isWarm(): Promise<boolean> {
    const ready = this.#stages.map(({ page }) => page.locator('[data-testid=reserve][data-ready=true]').count());
    return (await Promise.all(ready)).some((count) => count > 0);
  }

  async #openStages(count: number): Promise<void> {
    const backend = this.#cell.fault === 'device' ? 'webgpu' : 'wasm';
    for (let at = 0; at < count; at++) this.#stages.push(await this.#network.openStage(backend));
  }

  /** The one whom it befell goes, another tab comes. */
  async #heal(): Promise<void> {
    const victim = this.#victim!;
    this.#stages = this.#stages.filter((tab) => tab !== victim);
    await victim.close();
    await this.#openStages(1);
  }

  async #openChat(): Promise<Tab> {
    const { phase, weights, fault } = this.#cell;
    const usual = TOKENS_OF_PHASE[phase] ?? TOKENS_OF_WEIGHTS[weights];
    const max = fault === 'device' ? TOKENS_ON_GPU : usual;
    return this.#network.openChat({ max: String(max) });
  }

  async #send({ page }: Tab): Promise<void> {
    await watchAnswer(page);
    const isLong = this.#cell.phase === 'prefill';
    await page.getByTestId('composer').fill(isLong ? LONG_QUESTION : 'Tell me a long story about a fox.');
    await page.getByTestId('send').click();
  }

  /** A chat of its own, so that no cache holds its prompt. */
  async #calm(): Promise<Calm> {
    const chat = await this.#openChat();
    await ringReady(chat, STAGES);
    this.#readyMs = performance.now();
    await this.#send(chat);
    const sentMs = Date.now();
    const answer = await this.#answer(chat);
    const grown = await growthOf(chat.page);
    await chat.close();
    return {
      answers: [answer],
      silentS: longestSilenceS(grown.slice(1), grown[0]!.atMs),
      firstTokenS: (grown[0]!.atMs - sentMs) / 1000,
    };
  }

  async #answer({ page }: Tab): Promise<SeenAnswer> {
    const { text, tokenIds: ids, stats } = await finished(page, 1, ANSWER_MS);
    if (this.#cell.phase === 'drafting' && stats.drafted === 0) throw new Error('nothing was drafted');
    const charged = await chargedMicros(page, PAID_MS);
    return { text, ids, promptTokens: stats.promptTokens, tokens: ids.length, chargedMicros: charged };
  }

  async #roundInAnswer(calm: Calm): Promise<SeenRound> {
    const { fault, role, phase } = this.#cell;
    const chat = await this.#openChat();
    await ringReady(chat, STAGES);
    const seats = await seatsOf(this.#stages, this.#layers);
    await this.#send(chat);
    if (phase === 'prefill')
      await new Promise((resolve) => setTimeout(resolve, calm.firstTokenS * 1000 * PREFILL_SHARE));
    else await this.#begun(chat);
    if (phase === 'retired') {
      await this.#openStages(1);
      await ringReady(chat, STAGES + 1);
    }
    const seat = role === 'server' ? undefined : seatOf(seats, role);
    const befellMs = Date.now();
    const isLate =
      phase === 'prefill'
        ? (await growthOf(chat.page)).length > 0
        : await chat.page.evaluate(() => !!window.__computepool);
    if (seat) await this.#befall(seat.tab);
    else await befallServer(fault, this.#network);
    const answer = await this.#answer(chat);
    const silentS = longestSilenceS(await growthOf(chat.page), befellMs);
    await chat.close();
    return {
      ...{ answers: [answer], silentS, isLate, lostShare: seat ? (seat.end - seat.start) / this.#layers : 0 },
      heldMicros: await heldMicros(this.#network),
    };
  }

  async #befall(victim: Tab): Promise<void> {
    this.#victim = victim;
    await befallTab(this.#cell.fault, this.#network, victim);
  }

  async #begun({ page }: Tab): Promise<void> {
    await until(
      'an answer begins',
      ANSWER_MS,
      async () => ((await growthOf(page)).at(-1)?.characters ?? 0) > BEGUN_CHARACTERS,
    );
  }

  /** Who comes back has its answer; who does not leaves no hold, and the next one who asks is answered as in calm. */
  async #roundOfClient(): Promise<SeenRound> {
    const { fault } = this.#cell;
    const isBack = fault === 'freeze' || fault === 'pause';
    const chat = await this.#openChat();
    await ringReady(chat, STAGES);
    await this.#send(chat);
    await this.#begun(chat);
    const befellMs = Date.now();
    await this.#befall(chat);
    if (isBack) {
      const answer = await this.#answer(chat);
      const silentS = longestSilenceS(await growthOf(chat.page), befellMs);
      return { answers: [answer], silentS, lostShare: 0, heldMicros: await heldMicros(this.#network) };
    }
    const held = await heldMicros(this.#network);
    const next = await this.#openChat();
    await ringReady(next, STAGES);
    await this.#send(next);
    return { answers: [await this.#answer(next)], silentS: undefined, lostShare: 0, heldMicros: held };
  }

  /**
   * All tabs go, others come, and while they load one of them is gone. The question was asked before. The server was told to wait for
   * so many stages, so that another tab comes then.
   */
  async #roundInLoad(): Promise<SeenRound> {
    for (const tab of this.#stages) await tab.close();
    this.#stages = [];
    const chat = await this.#openChat();
    await this.#openStages(STAGES);
    await this.#send(chat);
    let loading: Stage | undefined;
    await until('the middle stage loads', ANSWER_MS, async () => {
      const stages = await readStages(this.#stages);
      loading = stages.find((stage) => stage.phase === 'loading' && this.#isRole(stage, 'middle'));
      return loading !== undefined;
    });
    const befellMs = Date.now();
    await this.#befall(loading!.tab);
    await this.#openStages(1);
    const answer = await this.#answer(chat);
    const silentS = longestSilenceS(await growthOf(chat.page), befellMs);
    return { answers: [answer], silentS, lostShare: 0, heldMicros: await heldMicros(this.#network) };
  }

  #isRole({ start, end }: Stage, role: Role): boolean {
    return role === 'middle' && start > 0 && end < this.#layers;
  }

  async #calmMany(): Promise<Calm> {
    await this.#untilRing();
    const { answers, silentS } = await askMany(this.#network, 'calm');
    return { answers, silentS, firstTokenS: 0 };
  }

  async #roundOfMany(): Promise<SeenRound> {
    const seat = seatOf(await seatsOf(this.#stages, this.#layers), 'middle');
    const { answers, silentS, isLate } = await askMany(this.#network, 'fault', () => this.#befall(seat.tab));
    const lostShare = (seat.end - seat.start) / this.#layers;
    return { answers, silentS, isLate, lostShare, heldMicros: await heldMicros(this.#network) };
  }

  /** Asked of a page that watches, which then goes. */
  async #untilRing(): Promise<void> {
    const chat = await this.#openChat();
    await ringReady(chat, STAGES);
    this.#readyMs = performance.now();
    await chat.close();
  }
}
