// npm run deploy: the contracts of market pools, to a chain of the table, with one's own key.
import { enter } from './enter.mjs';

await enter('deploy');
