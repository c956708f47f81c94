// npm test: every check and every test, with totals.
import { enter } from './enter.mjs';

await enter('test');
