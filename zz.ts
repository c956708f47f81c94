import { runFuzz } from './tools/fuzz/run-fuzz.ts';
const r = await runFuzz({ seed: Number(process.argv[2] ?? 1), durationMs: Number(process.argv[3] ?? 20) * 1000, measureAt: [0.5], onProgress: console.log });
const { findings, ...rest } = r;
console.log(JSON.stringify(rest, null, 1), JSON.stringify(findings.sent, null, 0), JSON.stringify(findings.heard, null, 0));
for (const f of findings.faults.slice(0, 15)) console.log('FAULT', f.lane, f.what.slice(0, 1500), '\n   ', f.sent.slice(-2).join('\n    '));
process.exit(0);
