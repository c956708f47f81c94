// All texts in German, by room.
import type { Texts } from '../catalogue.ts';
import { join } from './join.ts';
import { ui } from './ui.ts';

export const german: Readonly<Record<string, Texts>> = { join, ui };
