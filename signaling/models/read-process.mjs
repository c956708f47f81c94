// A process that reads a stranger's model: its thread does the work, so that it hears when the server goes away, and whatever
// memory that work takes is its own.
import { Worker } from 'node:worker_threads';

/** JavaScript objects of one model: a tokenizer of 35 MB of JSON takes about 300 MB while it is read. */
const MEMORY_MB = 512;
const OUT_OF_MEMORY_EXIT = 9;
const TOO_LONG_EXIT = 10;
/** So often it is looked what a call has computed. */
const LOOK_MS = 50;

const worker = new Worker(new URL('./read-thread.mjs', import.meta.url), {
  execArgv: [],
  env: {},
  resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
});
/** @type {NodeJS.Timeout | undefined} */
let timer;
process.on('message', ({ call, cpuMs }) => {
  const before = process.cpuUsage();
  timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 > cpuMs) process.exit(TOO_LONG_EXIT);
  }, LOOK_MS);
  worker.postMessage(call);
});
worker.on('message', (said) => {
  clearInterval(timer);
  process.send?.(said);
});
worker.on('error', (thrown) => {
  const isMemory = 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY';
  process.exit(isMemory ? OUT_OF_MEMORY_EXIT : 1);
});
worker.on('exit', () => process.exit(1));
process.on('disconnect', () => process.exit());
// It may have gone while this file was read.
if (!process.connected) process.exit();
