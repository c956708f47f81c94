// The long attack, with honest times before and under it. Writes a receipt.
import { parseArgs } from 'node:util';
import { quantile } from '../bench/support/quantile.ts';
import { UsageError } from '../signaling/config/usage-error.ts';
import { runAttack } from './attack/run-attack.ts';
import { atLeast, atMost } from './bench/aim.ts';
import { keepReceipt } from './fuzz/keep-receipt.ts';
import { runMain } from './terminal/run-main.ts';

const HELP = `Attacks a real server from 127.0.0.2 with fifty sockets, and asks it honestly from 127.0.0.1.

  npm run test:attack -- [options]

  --minutes <number>  how long the attack is, default 5`;

const REQUESTS = 100;
const CALM_MS = 60_000;
const SHARED_MS = 30_000;
/** A ring of a few tabs takes longer for a sentence: what the attack adds is told beside the ratio. */
const ANSWER_MS = 300;

runMain(async () => {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const minutes = Number(values.minutes ?? '5');
  if (!(minutes > 0)) throw new UsageError('--minutes must be a number above 0.');
  const report = await runAttack({
    ...{ requests: REQUESTS, calmMs: CALM_MS, attackMs: minutes * 60_000, sharedMs: SHARED_MS, answerMs: ANSWER_MS },
    onProgress: (text) => console.log(text),
  });
  const { calm, attacked, beatsMs, shared, faults, ...rest } = report;
  const times = (asked: readonly { ms: number }[]) => {
    const ms = asked.map((one) => one.ms);
    const [p50, p95, most] = [quantile(ms, 0.5), quantile(ms, 0.95), quantile(ms, 1)];
    return { p50, p95, most, p95BeyondRing: p95 - ANSWER_MS, samples: ms.map(Math.round) };
  };
  const wrong = attacked.flatMap(({ fault }) => fault ?? []);
  const [before, under] = [times(calm), times(attacked)];
  for (const what of [...wrong, ...faults, ...shared.unreasoned]) console.log(what);
  const aims = [
    atLeast(`right answers of ${REQUESTS} under attack`, REQUESTS, REQUESTS - wrong.length),
    atMost('p95 under attack over p95 before it', 2, under.p95 / before.p95),
    atMost('refusals at one address that are no 429 with a reason', 0, shared.unreasoned.length),
    atMost('errors of the server', 0, faults.length),
    atMost('holds left', 0, rest.state.totals.openHolds),
  ];
  const results = {
    minutes,
    answerMs: ANSWER_MS,
    before,
    under,
    beatP95Ms: quantile(beatsMs, 0.95),
    wrong,
    shared,
    faults,
    ...rest,
  };
  return keepReceipt('attack', 'test:attack', aims, results) ? 0 : 1;
});
