// Whether this window may lend, or does: it has been at /join. What every page then tells of it is not loaded before.
import { ValueStore } from '../../protocol/value-store.ts';

export const mayLend = new ValueStore(false);
