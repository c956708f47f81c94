// A machine that is busy with other things is no reason to give anybody up: eight answers at a time over three tabs with links of
// 20 ms, while loops of nothing take all cores. Counts coalitions that formed meanwhile and tabs that were left out.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { poolIdOf } from '../protocol/ids.ts';
import { atLeast, atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { ensureBuilt } from '../tools/site/ensure-built.ts';
import { askMany } from './chaos/ask-many.ts';
import { type Network, openNetwork, type Tab } from './chaos/open-network.ts';
import { ringReady } from './chaos/read-network.ts';
import { ensureBenchModel, TALKER } from './support/bench-models.ts';

const STAGES = 3;
const LOOK_MS = 500;

export default async function run(args: string[]): Promise<BenchResult> {
  const options = { minutes: { type: 'string', default: '10' }, loops: { type: 'string', default: '4' } } as const;
  const { values } = parseArgs({ args, options });
  const [minutes, loops] = [Number(values.minutes), Number(values.loops)];
  await ensureBuilt();
  const model = ensureBenchModel(TALKER);
  const network = await openNetwork(model, STAGES);
  const busy: ChildProcess[] = [];
  try {
    const stages: Tab[] = [];
    for (let at = 0; at < STAGES; at++) stages.push(await network.openStage());
    const chat = await network.openChat({ max: '8' });
    await ringReady(chat, STAGES);
    await chat.close();
    const calm = await askMany(network, 'calm');
    for (let at = 0; at < loops; at++) busy.push(spawn(process.execPath, ['-e', 'while (true);']));
    const pool = encodeURIComponent(poolIdOf(model.model));
    const before = await poolState(network, pool);
    const seen = watch(network, stages, pool);
    const endMs = Date.now() + minutes * 60_000;
    let [answers, wrong, silentS] = [0, 0, 0];
    for (let round = 0; Date.now() < endMs; round++) {
      const many = await askMany(network, `busy-${round}`);
      answers += many.answers.length;
      wrong += many.answers.filter(({ text }, at) => text !== calm.answers[at]!.text).length;
      silentS = Math.max(silentS, many.silentS);
      console.error(
        `${answers} answers, ${wrong} wrong, longest silence ${silentS.toFixed(1)} s, ${seen.out.size} left out`,
      );
    }
    const { samples, late } = await seen.end();
    const formed = (await poolState(network, pool)).lastEpoch - before.lastEpoch;
    const figures = { answers, wrong, 'coalitions formed': formed, 'tabs left out': seen.out.size };
    return {
      name: 'false-alarms',
      table: [{ ...figures, 'longest silence, s': silentS, 'looks with a neighbour late': `${late} of ${samples}` }],
      aims: [
        atMost('tabs declared dead or left out', 0, seen.out.size),
        atMost('coalitions formed anew', 0, formed),
        atMost('answers that were not those of the calm run', 0, wrong),
        atLeast('answers', 1, answers),
      ],
      results: { minutes, loops, oneWayMs: 20, calmSilentS: calm.silentS, silentS, late, samples, ...figures },
    };
  } finally {
    for (const child of busy) child.kill('SIGKILL');
    await network.close();
  }
}

interface PoolState {
  lastEpoch: number;
  members: { peer: string; excluded?: string }[];
}

const poolState = async ({ server }: Network, pool: string): Promise<PoolState> =>
  (await (await fetch(`${server.url}/api/pools/${pool}/state`)).json()) as PoolState;

/** Looks at what the server has left out, and at what tabs say of their neighbours. */
function watch(network: Network, stages: readonly Tab[], pool: string) {
  const out = new Set<string>();
  let isOver = false;
  let [samples, late] = [0, 0];
  const looking = (async () => {
    while (!isOver) {
      for (const { peer, excluded } of (await poolState(network, pool)).members) if (excluded) out.add(peer);
      const counts = await Promise.all(stages.map(({ page }) => page.getByText('late. If nothing comes').count()));
      samples += 1;
      if (counts.some((count) => count > 0)) late += 1;
      await sleep(LOOK_MS);
    }
  })();
  return {
    out,
    async end() {
      isOver = true;
      await looking;
      return { samples, late };
    },
  };
}
