// All texts in German, by room.
import type { Texts } from '../texts.ts';
import { models } from './models.ts';
import { ui } from './ui.ts';

export const german: Readonly<Record<string, Texts>> = { models, ui };
