import { runAttack } from './tools/attack/run-attack.ts';
import { quantile } from './bench/support/quantile.ts';
const s = Number(process.argv[2] ?? 20);
const r = await runAttack({ requests: 100, calmMs: 6000, attackMs: s * 1000, sharedMs: 6000, onProgress: console.log });
const q = (xs: number[]) => [0.5, 0.95, 1].map((p) => Math.round(quantile(xs, p) * 10) / 10);
console.log('calm', q(r.calm.map((a) => a.ms)), 'attacked', q(r.attacked.map((a) => a.ms)), 'beats', r.beatsMs.length && q(r.beatsMs));
console.log('wrong calm', r.calm.filter((a) => a.fault).length, 'wrong attacked', r.attacked.filter((a) => a.fault).length, [...new Set(r.attacked.map((a) => a.fault).filter(Boolean))].slice(0, 5));
console.log(JSON.stringify({ ...r, calm: 0, attacked: 0, beatsMs: 0, shared: { ...r.shared, unreasoned: r.shared.unreasoned.slice(0, 5) } }, null, 1));
process.exit(0);
