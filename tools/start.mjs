// npm start: installs what is missing, builds the site when it is old, serves it.
import { enter } from './enter.mjs';

await enter('start');
