// npm run contracts: compiles the contracts, tests them on Superfluid's own state, measures their gas.
import { enter } from './enter.mjs';

await enter('contracts');
