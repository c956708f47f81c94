// All texts in German, by room.
import type { Texts } from '../texts.ts';
import { account } from './account.ts';
import { home } from './home.ts';
import { join } from './join.ts';
import { models } from './models.ts';
import { pools } from './pools.ts';
import { ui } from './ui.ts';

export const german: Readonly<Record<string, Texts>> = { account, home, join, models, pools, ui };
