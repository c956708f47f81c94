// npm run build: installs what is missing, builds the site when it is old.
import { enter } from './enter.mjs';

await enter('build');
