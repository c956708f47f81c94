// The server of the control-plane bench: as `npm start` has it, but for the model, which is nowhere. Runs in a process of its own.
import { testReader } from '../../signaling/models/test-reader.ts';
import { startServer } from '../../signaling/start-server.ts';

const [dataDir, stages] = process.argv.slice(2);
if (!dataDir) throw new Error('Name the data directory.');
const { url } = await startServer({
  canary: false,
  ...{ port: 0, logger: 'error', database: { dataDir }, reader: testReader(), stages: Number(stages) },
});
console.log(`serves at ${url}`);
