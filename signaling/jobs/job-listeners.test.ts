// What the caller over HTTP and the asking tab are told, whatever order the job's words come in.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import { shownFailure, streamListener, tabListener } from './job-listeners.ts';
import { allOf, codeOf, delta, PLAN, STATS } from './test-scene.ts';

const ID = 'ab'.repeat(16) as JobId;
const USAGE = { promptTokens: 5, cachedTokens: 0, completionTokens: 3 };
const FULL = { kind: 'full' as const, rings: 1, running: 2, slots: 2 };
const FULL_WORDS = 'The tabs answer 2 at once now and have room for 2.';
const END = { stats: STATS, usage: USAGE, plan: PLAN, chargedMicros: 7 };

describe('a stream', () => {
  const onAnswered = vi.fn();
  beforeEach(() => onAnswered.mockClear());

  it('has the place, the route, the words and the end', async () => {
    const { job, listener } = streamListener(ID, onAnswered);
    listener.queued(2, 3, FULL);
    expect(listener.routed(PLAN, { epoch: 1 }, 'grant')).toBe(true);
    listener.event({ type: 'started', job: ID, promptTokens: 5 });
    expect(onAnswered).not.toHaveBeenCalled();
    listener.event(delta(ID, [1], 'a'));
    expect(onAnswered).toHaveBeenCalled();
    listener.ended(END);
    expect(await job.routed).toEqual(PLAN);
    expect(await allOf(job.updates)).toEqual([
      { type: 'queued', place: 2, waiting: 3, reason: FULL_WORDS },
      { type: 'routed', plan: PLAN },
      { type: 'started', job: ID, promptTokens: 5 },
      delta(ID, [1], 'a'),
      { type: 'done', ...END, receiptId: ID },
    ]);
  });

  it('that never got a route fails both ways, and nobody has to listen to both', async () => {
    const { job, listener } = streamListener(ID, onAnswered);
    listener.failed(new PoolError('queue-full', 'It did not come to its turn in time.'));
    expect(onAnswered).toHaveBeenCalled();
    expect(await codeOf(job.routed)).toBe('queue-full');
    expect(await codeOf(allOf(job.updates))).toBe('queue-full');
  });

  it('that fails on its way keeps the route that it had', async () => {
    const { job, listener } = streamListener(ID, onAnswered);
    listener.routed(PLAN, { epoch: 1 }, 'grant');
    listener.failed(new PoolError('stage-failed', 'So it is.'));
    expect(await codeOf(job.routed)).toBe('none');
    expect(await codeOf(allOf(job.updates))).toBe('stage-failed');
  });

  it('without stats ends without a last word', async () => {
    const { job, listener } = streamListener(ID, onAnswered);
    listener.ended({ ...END, stats: undefined });
    expect(onAnswered).toHaveBeenCalled();
    expect(await allOf(job.updates)).toEqual([]);
  });
});

describe('an asking tab', () => {
  const tab = (isThere = true) => {
    const sent: ServerMessage[] = [];
    const listener = tabListener(ID, 7, 340, (message) => sent.push(message) > 0 && isThere);
    return { listener, sent };
  };

  it('hears its place, its leave and what it was charged, each under its own number', () => {
    const { listener, sent } = tab();
    listener.queued(1, 2, FULL);
    expect(listener.routed(PLAN, { epoch: 4 }, 'grant')).toBe(true);
    // A tab drives its answer itself: nobody repeats its own words to it.
    listener.event(delta(ID, [1]));
    listener.ended(END);
    expect(sent).toEqual([
      { type: 'ask-queued', ask: 7, place: 1, waiting: 2, reason: FULL_WORDS, why: FULL },
      { type: 'ask-granted', ask: 7, job: ID, grant: 'grant', epoch: 4, plan: PLAN, heldMicros: 340 },
      { type: 'ask-settled', job: ID, chargedMicros: 7, receiptId: ID },
    ]);
  });

  it('is refused before it has its leave, and not after it', () => {
    const before = tab();
    before.listener.failed(new PoolError('no-stages', 'No tab serves this model now.'));
    expect(before.sent).toMatchObject([{ type: 'ask-refused', ask: 7, error: { code: 'no-stages' } }]);
    const after = tab();
    after.listener.routed(PLAN, { epoch: 1 }, 'grant');
    after.listener.failed(new PoolError('lap-timeout', 'The answer took longer than its grant.'));
    expect(after.sent.map(({ type }) => type)).toEqual(['ask-granted']);
  });

  it('that is gone is known when its leave cannot be sent', () => {
    expect(tab(false).listener.routed(PLAN, { epoch: 1 }, 'grant')).toBe(false);
  });
});

describe('a failure inside the server', () => {
  it.each([
    ['of the server’s own', new Error('connect 10.0.0.7:5432'), 'internal'],
    ['that nobody named', 'a string with a secret', 'internal'],
    ['that tells a text as internal', new PoolError('internal', 'secret'), 'internal'],
  ])('%s is told without its text', (_name, thrown, code) => {
    const shown = shownFailure(thrown);
    expect(shown.toShape()).toEqual({ code, message: 'The server failed.' });
  });

  it('that has a code of its own is told as it is', () => {
    const thrown = new PoolError('queue-full', 'Four requests wait already.', { data: { waiting: 4 } });
    expect(shownFailure(thrown).toShape()).toEqual(thrown.toShape());
  });
});
