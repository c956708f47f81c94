// npm run test:fuzz: hostile messages of every kind at a real server, for ten minutes.
import { enter } from './enter.mjs';

await enter('fuzz');
