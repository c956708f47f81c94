// One lane of frames, at a real stage with its gate and at a real proved link: whatever comes is computed or refused by name, and
// every cache is freed once. No server takes part.
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import { cutFragments } from '../../protocol/fragment.ts';
import { decodeFrame } from '../../protocol/frame.ts';
import { FrameJoiner } from '../../protocol/frame-joiner.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { encodeWord, LINK_WORD_MAGIC, type LinkWord, wordSchema } from '../../shard-worker/links/link-words.ts';
import { makeProvedEnds } from '../../shard-worker/links/proved-pair.ts';
import { unpackJson } from '../../shard-worker/ring/open-session.ts';
import {
  DRIVER,
  EPOCH,
  GRANT,
  HeldLink,
  makeStage,
  settle,
  type TestStage,
} from '../../shard-worker/ring/test-stage.ts';
import { fuzzLoop } from './fuzz-loop.ts';
import { hostileBytes, hostileFrame } from './hostile-frame.ts';
import { hostileValue, type JsonSchema, type ValueSource } from './hostile-values.ts';
import type { LaneOptions } from './lane-options.ts';
import { writeJson } from './write-json.ts';

const WORD = z.toJSONSchema(wordSchema, { io: 'input' }) as JsonSchema;
const WORDS = new Set<unknown>(WORD.oneOf?.map(({ properties }) => properties?.type?.const));
const kindOf = (word: LinkWord | undefined): string => `word ${WORDS.has(word?.type) ? word?.type : 'of no kind'}`;
const FRAMES = 60;

export async function fuzzFrames(lane: LaneOptions): Promise<void> {
  while (await lane.mayGoOn()) {
    await fuzzStage(lane);
    await fuzzLink(lane);
    await fuzzLoop(lane);
  }
}

async function fuzzStage({ random, findings, name }: LaneOptions): Promise<void> {
  const note = (error: unknown): void => {
    const { code } = PoolError.from(error);
    findings.countHeard(`frame ${code}`);
    if (!(error instanceof PoolError) || code === 'internal') {
      findings.fault(name, `a stage failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
  };
  const [start, end] = random.pick([
    [0, 2],
    [2, 4],
    [1, 3],
    [0, 4],
  ] as const);
  const stage = makeStage({ start, end, maxBatch: random.pick([1, 4]), onRefused: note, onFault: note });
  const sessions = Array.from({ length: 5 }, newSessionId);
  const strangers = [stage.up, stage.up, new HeldLink(), new HeldLink('9'.repeat(32) as never)];
  const open = { driver: DRIVER, sampling: GREEDY, grant: GRANT };
  for (let round = 0; round < FRAMES; round++) {
    const frame = hostileFrame(random, { epoch: EPOCH, sessions, open });
    findings.countSent(
      name,
      `frame ${frame.kind}`,
      JSON.stringify({ ...frame, payload: [...frame.payload.slice(0, 40)] }),
    );
    const from = random.pick(strangers);
    const take = (bytes: Uint8Array): void => stage.node.accept(from, decodeFrame(bytes));
    try {
      const bytes = hostileBytes(random, frame);
      if (random.next() < 0.7) take(bytes);
      else for (const piece of pieces(random, bytes)) new FrameJoiner(take).push(piece);
    } catch (error) {
      note(error);
    }
    if (round % 20 === 19) await settle();
  }
  await settle();
  await stage.node.close();
  judgeStage(stage, (what) => findings.fault(name, what));
}

/** Fragments out of order, twice, or of another frame than they say. */
function pieces(random: LaneOptions['random'], bytes: Uint8Array): Uint8Array[] {
  const number = random.pick([1, 2, 4096, 4097, 2 ** 32 - 1]);
  const cut = cutFragments(
    { number, previous: random.pick([0, 0, 0, 1, number - 1]) },
    bytes,
    random.pick([17, 64, 4600]),
  );
  for (const piece of cut) if (random.next() < 0.1) piece[random.whole(0, 15)] = random.whole(0, 255);
  return random.shuffle([...cut, ...(random.next() < 0.5 ? [] : cut)]).slice(0, 500);
}

function judgeStage({ caches, node, up, next, toDriver }: TestStage, fault: (what: string) => void): void {
  if (caches.opened !== caches.disposed) fault(`${caches.opened} caches were opened and ${caches.disposed} freed`);
  if (node.sessions !== 0) fault(`${node.sessions} sessions are left in a stage that is closed`);
  for (const code of [up, next, toDriver].flatMap((link) => codesOf(link))) {
    if (code === 'internal') fault('a stage told its neighbour that nobody foresaw something');
  }
}

/** Reads the errors that were sent; what only passed through may be no JSON. */
const codesOf = ({ sent }: HeldLink): unknown[] =>
  sent.flatMap(({ kind, payload }) => {
    if (kind !== 'error') return [];
    try {
      return [(unpackJson(payload) as { code?: unknown } | null)?.code];
    } catch {
      return [];
    }
  });

/** Words, fragments and bytes of no kind, at a link that is proved. */
async function fuzzLink({ random, findings, name }: LaneOptions): Promise<void> {
  const { a, b, channelB, faultsB } = await makeProvedEnds();
  const known = (field: string): readonly unknown[] => (field === 'epoch' ? [EPOCH] : []);
  const source: ValueSource = { random, known, maxText: 6000 };
  b.listen({ onFrame: () => {}, onClose: () => {} });
  for (let round = 0; round < FRAMES && !b.closed; round++) {
    const value = hostileValue(WORD, source) as LinkWord;
    const isWord = random.next() < 0.7;
    const text = new TextEncoder().encode(writeJson(value));
    const word = random.next() < 0.5 ? Uint8Array.from([LINK_WORD_MAGIC, ...text]) : encodeWord(value);
    const bytes = isWord ? word : random.pick(pieces(random, random.bytes(100)));
    findings.countSent(name, isWord ? kindOf(value) : 'fragment', new TextDecoder().decode(text));
    channelB.deliver(bytes);
  }
  for (const { code, message } of faultsB) {
    findings.countHeard(`link ${code}`);
    if (code === 'internal') findings.fault(name, `a link failed: ${message}`);
  }
  a.close();
  b.close();
}
