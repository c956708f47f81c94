// Was um jede Seite herum steht.
import type { englishUi } from '../english/ui.ts';

export const ui: typeof englishUi = {
  skip: 'Zum Inhalt',
  places: { chat: 'Chat', join: 'Mitmachen', pools: 'Pools', account: 'Konto' },
  mainNavigation: 'Hauptmenü',
  colours: 'Farben',
  themes: { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  language: 'Sprache',
};
