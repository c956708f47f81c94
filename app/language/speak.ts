// Which language this browser wants, kept here, and how it comes to be spoken: German is loaded when it is.
import { layTexts } from '../text/catalogue.ts';
import { type Language, pickLanguage } from '../text/languages.ts';

const KEY = 'computepool.language';

/** What was chosen in this browser, else what it prefers. */
export function wantedLanguage(): Language {
  try {
    return pickLanguage(localStorage.getItem(KEY), navigator.languages);
  } catch {
    return pickLanguage(null, navigator.languages);
  }
}

/** Where the texts cannot be had, what is shown stays in the language that it is in. */
export async function speak(language: Language): Promise<void> {
  const german = () =>
    import('../text/german/german.ts').then(
      (module) => module.german,
      () => undefined,
    );
  const texts = language === 'de' ? await german() : undefined;
  if (language === 'de' && !texts) return;
  layTexts(language, texts);
  document.documentElement.lang = language === 'de' ? 'de' : 'en';
}

export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // It holds until this window is closed.
  }
  void speak(language);
}
