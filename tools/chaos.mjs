// npm run chaos: every fault in every phase, in real browsers over real links, and the receipt.
import { enter } from './enter.mjs';

await enter('chaos');
