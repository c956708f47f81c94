// What is made once for each language, when it is first needed: the formatters of `Intl` are slow to make.
import { languageTag } from './catalogue.ts';

export function perLanguage<T>(make: (tag: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const tag = languageTag();
    const known = made.get(tag);
    if (known !== undefined) return known;
    const fresh = make(tag);
    made.set(tag, fresh);
    return fresh;
  };
}
