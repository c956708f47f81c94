// npm run test:attack: fifty hostile sockets and a hundred honest requests, for five minutes.
import { enter } from './enter.mjs';

await enter('attack');
