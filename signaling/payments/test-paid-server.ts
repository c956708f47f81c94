// A server of a market pool as a process of its own, which a test may kill: everything in it is real but the model, which is nowhere.
import { argv } from 'node:process';
import { testReader } from '../models/test-reader.ts';
import { startServer } from '../start-server.ts';

const [port, dataDir, url, deploymentFile, keyFile] = argv.slice(2) as [string, string, string, string, string];

const server = await startServer({
  ...{ port: Number(port), database: { dataDir }, logger: 'error', canary: false, reader: testReader() },
  ...{ marketPricePico: 20_000_000, ratePerMinute: 100_000, chain: { key: 'local', url, deploymentFile, keyFile } },
  timing: { joinDebounceMs: 5, leaveDebounceMs: 5, receiptTimeoutMs: 2_000, shownEveryMs: 200 },
});
console.log(`serves at ${server.url}`);
