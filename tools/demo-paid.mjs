// npm run demo:paid: a local chain, a market pool over browser tabs, and a payer who pays by the second.
import { enter } from './enter.mjs';

await enter('demo-paid');
