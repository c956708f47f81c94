// Has the site kept by this browser, and says so when a newer version of it is there. Nothing is loaded anew by itself: a window may
// be lending, or be in the middle of an answer.
import { useEffect, useSyncExternalStore } from 'react';
import { usePathname } from '../route/address.ts';
import { pagePath } from '../route/page-path.ts';
import { isNewerThere, keepSite, takeNewer, whenQuiet } from '../state/site-worker.ts';
import { uiText } from '../text/english/ui.ts';

/** Where people stay: who only looks at another page is not given the whole site to keep. */
const KEPT_FOR = ['/chat', '/join'];

export function NewerVersion() {
  const isWanted = KEPT_FOR.includes(pagePath(usePathname()));
  useEffect(() => {
    const { build = '' } = document.documentElement.dataset;
    return whenQuiet(() => void keepSite(build, isWanted).catch(() => {}));
  }, [isWanted]);
  const isThere = useSyncExternalStore(isNewerThere.subscribe, isNewerThere.get, () => false);
  if (!isThere) return null;
  return (
    <div className="border-line border-b bg-warn-soft" data-testid="newer-version">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
        <p role="status">{uiText.newerVersion}</p>
        <button type="button" className="button button-small" onClick={takeNewer}>
          {uiText.reload}
        </button>
      </div>
    </div>
  );
}
