// Light, dark, or as the system has it: remembered by this browser.
import { useEffect, useState } from 'react';
import { uiText } from '../text/english/ui.ts';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const KEY = 'computepool.theme';

function recall(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

export function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => setTheme(recall()), []);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  const choose = (next: Theme) => {
    setTheme(next);
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // It holds until this window is closed.
    }
  };
  return (
    <label className="flex items-center gap-2">
      {uiText.colours}
      <select
        className="field min-h-9 w-auto py-1"
        data-testid="theme"
        value={theme}
        onChange={(event) => choose(event.target.value as Theme)}
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {uiText.themes[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
