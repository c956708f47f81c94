// The platform's modes of answering, for people. Pure.
import type { Mode } from '../../protocol/route-plan.ts';
import { codecText, drafterText, formatText } from '../text/english/format.ts';

/** A plan that runs in the asking tab reads as "This device". */
export const nameRoute = (route: { mode: Mode; local?: boolean }): string =>
  formatText.modes[route.local ? 'local' : route.mode];

// Catalogues themselves, so that whoever reads them reads the language that is spoken.
export const DRAFTER_NAMES = drafterText;
export const CODEC_NOTES = codecText;
