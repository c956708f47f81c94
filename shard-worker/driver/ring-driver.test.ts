// The whole ring with arithmetic in place of the model: equality of routes, chunks and replays, and the guards.
import { expect, test, vi } from 'vitest';
import { newSessionId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import type { Notice } from '../words/peer-state.ts';
import { Conversation } from './conversation.ts';
import type { GenerateOptions } from './generate-options.ts';
import { answer, makeRing, testOptions as options, PROMPT, SAMPLED } from './test-ring.ts';

test.each([[[4]], [[2, 5]], [[1, 2, 3, 4, 5, 6, 7]]])(
  'cuts %j give the solo tokens, greedy and sampled',
  async (cuts) => {
    expect(await answer(cuts)).toEqual(await answer([]));
    expect(await answer(cuts, { sampling: SAMPLED })).toEqual(await answer([], { sampling: SAMPLED }));
  },
);

test('seeds matter, and the answer is not constant', async () => {
  const a = await answer([3], { sampling: SAMPLED });
  const b = await answer([3], { sampling: { ...SAMPLED, seed: 43 } });
  expect(a).not.toEqual(b);
  expect(new Set(a).size).toBeGreaterThan(3);
});

test.each([1, 3, 16, 64])('prefill in chunks of %i equals prefill at once', async (chunkTokens) => {
  expect(await answer([2, 5], { chunkTokens })).toEqual(await answer([], { chunkTokens: 512 }));
});

test('a second turn continues on the held cache and equals a fresh conversation', async () => {
  const ring = makeRing([3, 6]);
  const conversation = new Conversation(async () => ring.client);
  const first = await conversation.generate(PROMPT, options());
  const longer = [...PROMPT, ...first.ids, 7, 8, 9];
  const second = await conversation.generate(longer, options());
  const edited = [...PROMPT.slice(0, 20), 1, 2, 3];
  const third = await conversation.generate(edited, options());
  for (const [prompt, got] of [
    [longer, second],
    [edited, third],
  ] as const) {
    const fresh = makeRing([]);
    expect(got.ids).toEqual((await new Conversation(async () => fresh.client).generate(prompt, options())).ids);
  }
});

test('codecs between stages: exact and an auto that gains nothing give the solo tokens, packed ones an answer of their own', async () => {
  const solo = await answer([]);
  for (const codec of ['exact', 'auto', 'f16', 'int8'] as const) {
    const got = await answer([2, 5], { codec });
    expect(got).toHaveLength(solo.length);
    expect(got).toEqual(codec === 'exact' || codec === 'auto' ? solo : await answer([2, 5], { codec }));
  }
  // One stage sends no hidden state.
  expect(await answer([], { codec: 'int8' })).toEqual(solo);
});

test('another codec in the next turn begins a session of its own', async () => {
  const ring = makeRing([3, 6]);
  const conversation = new Conversation(async () => ring.client);
  const first = await conversation.generate(PROMPT, options({ codec: 'int8' }));
  const longer = [...PROMPT, ...first.ids, 7];
  const cached: number[] = [];
  const onCached = (tokens: number) => void cached.push(tokens);
  const exact = await conversation.generate(longer, options({ onCached }));
  await conversation.generate([...longer, ...exact.ids, 8], options({ codec: 'exact', onCached }));
  const fresh = makeRing([]);
  expect(exact.ids).toEqual((await new Conversation(async () => fresh.client).generate(longer, options())).ids);
  expect(cached[0]).toBe(0);
  expect(cached[1]).toBeGreaterThan(longer.length - 1);
});

test('a stage that disappears mid-answer: the answer goes on on the next ring and equals the uninterrupted one', async () => {
  const rings = [makeRing([2, 5]), makeRing([4], { epoch: 2 })];
  let emitted = 0;
  const notices: (Notice | undefined)[] = [];
  const conversation = new Conversation(async () => rings.find((ring) => !ring.client.ended)!.client);
  const got = await conversation.generate(
    PROMPT,
    options({
      sampling: SAMPLED,
      onToken: () => {
        if (++emitted === 9) {
          rings[0]!.links[1]!.close();
          rings[0]!.entry.close();
        }
        return undefined;
      },
      onNotice: (notice) => notices.push(notice),
    }),
  );
  expect(got.ids).toEqual(await answer([], { sampling: SAMPLED }));
  expect(notices.map((notice) => notice?.kind)).toContain('rerouted');
});

test('C1: a stage that computes nothing any more: its epoch is told, and the answer goes on elsewhere', async () => {
  let laps = 0;
  const stuck = makeRing([3, 6], {
    lapTimeoutMs: 100,
    beforeRun: (stage) => (stage === 1 && ++laps > 3 ? new Promise<void>(() => {}) : undefined),
  });
  const next = makeRing([3, 6], { epoch: 2 });
  const still: number[] = [];
  const rings = [stuck.client];
  const conversation = new Conversation(async () => rings.pop() ?? next.client);
  const got = await conversation.generate(PROMPT, options({ onStill: (epoch) => void still.push(epoch) }));
  expect(got.ids).toEqual(await answer([]));
  expect(still).toEqual([1]);
});

test('only a hop in the middle dies: the driver hears of it through the entry', async () => {
  const rings = [makeRing([2, 5]), makeRing([4], { epoch: 2 })];
  let acquired = 0;
  let emitted = 0;
  const conversation = new Conversation(async () => rings[Math.min(acquired++, 1)]!.client);
  const got = await conversation.generate(
    PROMPT,
    options({
      onToken: () => {
        if (++emitted === 5) rings[0]!.links[1]!.close();
        return undefined;
      },
    }),
  );
  expect(got.ids).toEqual(await answer([]));
  expect(acquired).toBe(2);
});

test('sessions interleave without touching one another', async () => {
  const ring = makeRing([3, 6]);
  const prompts = [0, 1, 2, 3].map((shift) => PROMPT.map((id) => (id + shift) % 101));
  const together = await Promise.all(
    prompts.map((prompt) => new Conversation(async () => ring.client).generate(prompt, options())),
  );
  for (const [index, prompt] of prompts.entries()) {
    const alone = makeRing([]);
    expect(together[index]!.ids).toEqual(
      (await new Conversation(async () => alone.client).generate(prompt, options())).ids,
    );
  }
});

test('end of sequence, stop by the caller, maximum tokens, context and cancel each end the answer', async () => {
  const solo = await answer([]);
  const run = async (fields: Partial<GenerateOptions>) => {
    const ring = makeRing([4]);
    return new Conversation(async () => ring.client).generate(PROMPT, options(fields));
  };
  const stopAt = solo.findIndex((id, index) => index > 3 && solo.indexOf(id) === index);
  expect(await run({ eosIds: new Set([solo[stopAt]!]) })).toEqual({ ids: solo.slice(0, stopAt), finishReason: 'stop' });
  let seen = 0;
  expect((await run({ onToken: () => ++seen === 4 })).ids).toEqual(solo.slice(0, 4));
  expect(await run({ maxTokens: 3 })).toEqual({ ids: solo.slice(0, 3), finishReason: 'length' });
  const full = await run({ maxContext: PROMPT.length + 5 });
  expect(full).toEqual({ ids: solo.slice(0, 5), finishReason: 'length' });
  const abort = new AbortController();
  const cancelled = await run({ signal: abort.signal, onToken: () => void abort.abort() });
  expect(cancelled).toEqual({ ids: solo.slice(0, 1), finishReason: 'cancelled' });
  await expect(run({ maxContext: PROMPT.length })).rejects.toMatchObject({ code: 'context-exceeded' });
});

test('a failing stage is reported at once with its own error, and another session goes on', async () => {
  let fail = false;
  const ring = makeRing([3, 6], {
    beforeRun: (stage) => {
      if (fail && stage === 1) throw new Error('kernel fault');
    },
  });
  const conversation = new Conversation(async () => ring.client);
  fail = true;
  await expect(conversation.generate(PROMPT, options())).rejects.toMatchObject({ message: 'kernel fault' });
  await vi.waitFor(() => expect(ring.nodes.map((node) => node.sessions)).toEqual([0, 0, 0]));
  fail = false;
  expect((await new Conversation(async () => ring.client).generate(PROMPT, options())).ids).toEqual(await answer([]));
});

test('the KV guard refuses a gap, a silent overwrite and an unknown session', async () => {
  const ring = makeRing([4]);
  const session = newSessionId();
  await expect(ring.client.lap(session, { position: 0, ids: [1], flags: 2 })).rejects.toMatchObject({
    code: 'session-unknown',
  });
  ring.client.open(session, { sampling: GREEDY });
  await ring.client.lap(session, { position: 0, ids: [1, 2, 3], flags: 2 });
  await expect(ring.client.lap(session, { position: 4, ids: [1], flags: 2 })).rejects.toMatchObject({
    code: 'kv-missing',
  });
  await expect(ring.client.lap(session, { position: 1, ids: [1], flags: 2 })).rejects.toMatchObject({
    code: 'position-mismatch',
  });
  await ring.client.lap(session, { position: 1, ids: [1], flags: 3 });
});

test('sampling after each row equals token by token: what verification of drafts stands on', async () => {
  const ring = makeRing([4]);
  const session = newSessionId();
  ring.client.open(session, { sampling: SAMPLED });
  const tokens = PROMPT.slice(0, 6);
  const atOnce = await ring.client.lap(session, { position: 0, ids: tokens, flags: 4 });
  for (const [position, id] of tokens.entries()) {
    const single = await ring.client.lap(session, { position, ids: [id], flags: position === 0 ? 3 : 2 });
    expect(single.rows[0]).toEqual(atOnce.rows[position]);
  }
});

test('a route that just failed is not taken again while another one can come', async () => {
  const rings = [makeRing([2, 5]), makeRing([4], { epoch: 2 })];
  let emitted = 0;
  const avoided: unknown[] = [];
  const conversation = new Conversation(async (_signal, avoid) => {
    avoided.push(avoid);
    return rings[avoid ? 1 : 0]!.client;
  });
  const onToken = () => {
    if (++emitted === 5) rings[0]!.links[1]!.close();
    return undefined;
  };
  const got = await conversation.generate(PROMPT, options({ onToken }));
  expect(got.ids).toEqual(await answer([]));
  expect(avoided).toEqual([undefined, rings[0]!.client]);
});

test('a driver that stays with its ring reports the end of it, and goes on where a session alone was lost', async () => {
  const broken = makeRing([2, 5]);
  let emitted = 0;
  const onToken = () => {
    if (++emitted === 5) broken.links[1]!.close();
    return undefined;
  };
  const stays = new Conversation(async () => broken.client);
  const lost = stays.generate(PROMPT, options({ onToken, retry: 'session' }));
  await expect(lost).rejects.toMatchObject({ code: 'stage-left' });

  const ring = makeRing([4]);
  let last = newSessionId();
  const open = ring.client.open.bind(ring.client);
  ring.client.open = (session, terms) => {
    last = session;
    open(session, terms);
  };
  let seen = 0;
  const forget = () => {
    // As a stage does that had to make room.
    if (++seen === 5) ring.client.close(last);
    return undefined;
  };
  const again = new Conversation(async () => ring.client);
  const got = await again.generate(PROMPT, options({ onToken: forget, retry: 'session', sampling: SAMPLED }));
  expect(got.ids).toEqual(await answer([], { sampling: SAMPLED }));
});

test.each([0, 1, 5, 23])('an answer that goes on after %i known tokens is the whole answer', async (known) => {
  const whole = await answer([3], { sampling: SAMPLED });
  const told: number[] = [];
  const onToken = ({ id }: { id: number }) => void told.push(id);
  const resume = whole.slice(0, known);
  expect(await answer([2, 5], { sampling: SAMPLED, resume, onToken })).toEqual(whole);
  expect(told).toEqual(whole.slice(known));
});

test('known tokens that fill the answer or the context leave nothing to do', async () => {
  const whole = await answer([]);
  const ring = makeRing([]);
  const run = (fields: Partial<GenerateOptions>) =>
    new Conversation(async () => ring.client).generate(PROMPT, options({ resume: whole, ...fields }));
  expect(await run({ maxTokens: whole.length })).toEqual({ ids: whole, finishReason: 'length' });
  const full = { maxContext: PROMPT.length + whole.length, maxTokens: 999 };
  expect(await run(full)).toEqual({ ids: whole, finishReason: 'length' });
  expect(ring.nodes[0]!.sessions).toBe(0);
});

test('positions that the stages still hold are told once, and none of a first turn', async () => {
  const ring = makeRing([3]);
  const conversation = new Conversation(async () => ring.client);
  const cached: number[] = [];
  const onCached = (tokens: number) => void cached.push(tokens);
  const first = await conversation.generate(PROMPT, options({ onCached }));
  await conversation.generate([...PROMPT, ...first.ids, 7], options({ onCached }));
  await conversation.generate(PROMPT, options({ onCached }));
  // The last token of the first answer was never computed; of an equal prompt one position must be.
  expect(cached).toEqual([0, PROMPT.length + first.ids.length - 1, PROMPT.length - 1]);
});
