// Where a thread that reads a stranger's model begins: it learns TypeScript, as the server itself did at its start.
import { register } from 'tsx/esm/api';

register();
await import('./read-thread.ts');
