// The language of the pages: what the browser prefers, or what was chosen here.
import { chooseLanguage } from '../language/speak.ts';
import { useLanguage } from '../text/catalogue.ts';
import { uiText } from '../text/english/ui.ts';
import { isLanguage, OFFERED } from '../text/languages.ts';

export function LanguageChoice() {
  const language = useLanguage();
  return (
    <label className="flex items-center gap-2">
      {uiText.language}
      <select
        className="field min-h-9 w-auto py-1"
        data-testid="language"
        value={language}
        onChange={({ target }) => isLanguage(target.value) && chooseLanguage(target.value)}
      >
        {OFFERED.map((each) => (
          <option key={each.language} value={each.language} lang={each.language}>
            {each.name}
          </option>
        ))}
      </select>
    </label>
  );
}
