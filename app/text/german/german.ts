// All texts in German, by room.
import type { Texts } from '../catalogue.ts';
import { account } from './account.ts';
import { home } from './home.ts';
import { join } from './join.ts';
import { pools } from './pools.ts';
import { ui } from './ui.ts';

export const german: Readonly<Record<string, Texts>> = { account, home, join, pools, ui };
