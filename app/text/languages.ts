// The languages that the pages speak, and which of them a person gets. Pure.

/** `pseudo` is English in brackets: what stands without them on a page never came from a catalogue. For tests, not offered. */
export const LANGUAGES = ['en', 'de', 'pseudo'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a person may choose, each by its own name. */
export const OFFERED: readonly { language: Language; name: string }[] = [
  { language: 'en', name: 'English' },
  { language: 'de', name: 'Deutsch' },
];

export const isLanguage = (value: unknown): value is Language => LANGUAGES.some((each) => each === value);

/** The first language offered among `preferred` (BCP 47 tags, best first), unless one was `saved`; else English. */
export function pickLanguage(saved: string | null | undefined, preferred: readonly string[]): Language {
  if (isLanguage(saved)) return saved;
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    const offered = OFFERED.find(({ language }) => language === primary);
    if (offered) return offered.language;
  }
  return 'en';
}
