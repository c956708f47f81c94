// What stands around every page.
import { catalogue } from '../catalogue.ts';

export const englishUi = {
  skip: 'Skip to the content',
  places: { chat: 'Chat', join: 'Join', pools: 'Pools', account: 'Account' },
  mainNavigation: 'Main',
  colours: 'Colours',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  language: 'Language',
};

export const uiText = catalogue('ui', englishUi);
