// Whose prompt is counted next, by order alone: each process answers when the test says so.
import { beforeEach, describe, expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import { PromptLane, type PromptLaneOptions } from './prompt-lane.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));
const modelOf = (repo: string): ModelRef => ({ repo, revision: 'main', dtype: 'q4' });

/** Prompts at work now, in the order in which they began: whose, and the way to end each. */
let atWork: { text: string; repo: string; answer(): void; fail(error: PoolError): void }[];
let opened: string[];
let ended: string[];
let slow: Set<string>;
let ran: string[];
let done: string[];
beforeEach(() => {
  [atWork, opened, ended, slow, ran, done] = [[], [], [], new Set(), [], []];
});

class HeldProcess {
  isOver = false;
  readonly repo: string;

  constructor(repo: string) {
    this.repo = repo;
    opened.push(repo);
  }

  ask(call: { prompt: { text: string } }): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { text } = call.prompt;
      const over = (): void => void atWork.splice(atWork.indexOf(work), 1);
      const answer = (): void => {
        over();
        resolve({ ids: [1], tookMs: 1 });
      };
      const fail = (error: PoolError): void => {
        over();
        this.isOver = true;
        reject(error);
      };
      const work = { text, repo: this.repo, answer, fail };
      atWork.push(work);
    });
  }

  async end(): Promise<void> {
    this.isOver = true;
    ended.push(this.repo);
  }
}

function laneOf(limits: Partial<PromptLaneOptions['limits']> = {}, check: PromptLaneOptions['check'] = () => {}) {
  const lane = new PromptLane({
    limits: { workers: 1, spare: 0, waiting: 64, ...limits },
    promptDeadlineMs: 1000,
    open: ({ repo }) => ({ process: new HeldProcess(repo) as never, opened: Promise.resolve() }),
    check,
    isSlow: (key) => slow.has(key),
    ran: ({ asker }) => void ran.push(asker.owner),
    ended: ({ key }) => void ended.push(`for good: ${key}`),
  });
  const ask = (address: string, owner: string, repo = 'own'): Promise<string> =>
    lane
      .ids({ asker: { address, owner }, key: repo, model: modelOf(repo), prompt: { kind: 'text', text: owner } })
      .then(
        () => 'counted',
        ({ code }: PoolError) => code,
      )
      .then((end) => {
        done.push(`${owner} ${end}`);
        return end;
      });
  return { lane, ask };
}

/** Ends what is at work, first begun first, until nothing is. Says in which order prompts began. */
async function workOff(): Promise<string[]> {
  const order: string[] = [];
  await settled();
  for (let work = atWork[0]; work; work = atWork[0]) {
    order.push(work.text);
    work.answer();
    await settled();
  }
  return order;
}

describe('G14: the process of the configured model', () => {
  test('goes round by address: six accounts of a stranger have as many turns as one caller', async () => {
    const { ask } = laneOf();
    for (let round = 0; round < 9; round += 1) for (let one = 1; one <= 6; one += 1) void ask('evil', `e${one}`);
    void ask('home', 'ann');
    void ask('home', 'ann');
    const order = await workOff();
    expect(order.slice(0, 4)).toEqual(['e1', 'ann', 'e2', 'ann']);
    expect(order).toHaveLength(56);
  });

  test('has room for another address when one has filled the line', async () => {
    const { ask } = laneOf({ waiting: 4 });
    for (let one = 1; one <= 5; one += 1) void ask('evil', `e${one}`);
    void ask('evil', 'e6');
    void ask('home', 'ann');
    await settled();
    expect(done).toEqual(['e6 queue-full', 'e5 queue-full']);
    expect(await workOff()).toContain('ann');
  });
});

describe('G14: processes that models of strangers share', () => {
  const SHARED = { workers: 2, spare: 1 };

  test('are never all one address’s: another’s prompt begins at once', async () => {
    const { ask } = laneOf(SHARED);
    for (const repo of ['evil/a', 'evil/b', 'evil/c'])
      for (let count = 0; count < 5; count += 1) void ask('evil', repo, repo);
    void ask('home', 'ann', 'good/model');
    await settled();
    expect(atWork.map(({ repo }) => repo)).toEqual(['evil/a', 'evil/b', 'good/model']);
  });

  test('are for slow models one at a time, whoever asks', async () => {
    const { ask } = laneOf(SHARED);
    slow = new Set(['evil/a', 'evil/b', 'evil/c']);
    for (const repo of slow) void ask(`of ${repo}`, repo, repo);
    void ask('home', 'ann', 'good/model');
    void ask('farm', 'bob', 'good/other');
    await settled();
    expect(atWork.map(({ repo }) => repo)).toEqual(['evil/a', 'good/model', 'good/other']);
    expect((await workOff()).sort()).toEqual(['ann', 'bob', 'evil/a', 'evil/b', 'evil/c']);
  });

  test('of more addresses than there are processes make another wait for its turn, and refuse it not', async () => {
    const { ask } = laneOf(SHARED);
    for (const repo of ['a', 'b', 'c']) for (let count = 0; count < 5; count += 1) void ask(`of ${repo}`, repo, repo);
    void ask('home', 'ann', 'good/model');
    await settled();
    expect(atWork.map(({ repo }) => repo)).toEqual(['a', 'b', 'c']);
    atWork[1]!.answer();
    await settled();
    expect(atWork.map(({ repo }) => repo)).toEqual(['a', 'c', 'good/model']);
    // The process that did nothing was ended for it.
    expect([opened, ended]).toEqual([['a', 'b', 'c', 'good/model'], ['b']]);
  });

  test('are opened once for a model, and anew after it had to be ended', async () => {
    const { ask } = laneOf(SHARED);
    void ask('home', 'ann', 'good/model');
    expect(await workOff()).toEqual(['ann']);
    void ask('home', 'ann', 'good/model');
    await settled();
    atWork[0]!.fail(new PoolError('model-unsupported', 'It never ends.'));
    await settled();
    void ask('home', 'bob', 'good/model');
    expect(await workOff()).toEqual(['bob']);
    expect(opened).toEqual(['good/model', 'good/model']);
    expect(ended).toEqual(['for good: good/model', 'good/model']);
    expect(done).toEqual(['ann counted', 'ann model-unsupported', 'bob counted']);
    expect(ran).toEqual(['ann', 'ann', 'bob']);
  });
});

test('what speaks against a prompt by its turn is told, and the next one begins', async () => {
  const spent = new Set<string>();
  const { ask } = laneOf({}, ({ asker }) => {
    if (spent.has(asker.address ?? '')) throw new PoolError('rate-limited', 'It took long.');
  });
  for (const owner of ['e1', 'e2', 'e3']) void ask('evil', owner);
  spent.add('evil');
  void ask('home', 'ann');
  expect(await workOff()).toEqual(['e1', 'ann']);
  expect(done.sort()).toEqual(['ann counted', 'e1 counted', 'e2 rate-limited', 'e3 rate-limited']);
});

test('who waits when it closes is told why', async () => {
  const { lane, ask } = laneOf();
  const asked = [ask('home', 'ann'), ask('home', 'bob')];
  await settled();
  atWork[0]!.answer();
  await lane.close(new PoolError('shutting-down', 'It stops.'));
  expect(await Promise.all(asked)).toEqual(['counted', 'shutting-down']);
  expect(ended).toEqual(['own']);
});
