// npm run demo: one model split over browser tabs, asked once, in this terminal.
import { enter } from './enter.mjs';

await enter('demo');
