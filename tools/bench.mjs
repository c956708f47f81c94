// npm run bench -- NAME: one measurement and its receipt.
import { enter } from './enter.mjs';

await enter('bench');
