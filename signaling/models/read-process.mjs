// A process that reads a stranger's model: its thread does the work, so that it hears when the server goes away, and whatever
// memory that work takes is its own.
import { Worker } from 'node:worker_threads';

/** JavaScript objects of one model: a tokenizer of 35 MB of JSON takes about 300 MB while it is read. */
const MEMORY_MB = 512;
const OUT_OF_MEMORY_EXIT = 9;

const worker = new Worker(new URL('./read-thread.mjs', import.meta.url), {
  execArgv: [],
  env: {},
  resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
});
process.on('message', (call) => worker.postMessage(call));
worker.on('message', (said) => process.send?.(said));
worker.on('error', (thrown) => {
  const isMemory = 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY';
  process.exit(isMemory ? OUT_OF_MEMORY_EXIT : 1);
});
worker.on('exit', () => process.exit(1));
process.on('disconnect', () => process.exit());
// It may have gone while this file was read.
if (!process.connected) process.exit();
