// The first stop of the keyboard: past the head of the page.
import { uiText } from '../text/english/ui.ts';

export function SkipLink() {
  return (
    <a
      href="#main"
      className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-10 focus:rounded focus:bg-panel focus:px-4 focus:py-2"
    >
      {uiText.skip}
    </a>
  );
}
