// npm run test:clients: other people's clients against a network of tabs.
import { enter } from './enter.mjs';

await enter('clients');
