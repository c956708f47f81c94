// npm run pictures: every page and state of the running product, as pictures in docs/pictures with an index.
import { enter } from './enter.mjs';

await enter('pictures');
