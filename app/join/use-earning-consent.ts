// Whether this browser's peers are claimed for the account by themselves: asked once, remembered in this browser.
import { useCallback, useSyncExternalStore } from 'react';

const KEY = 'computepool-earn-for-account';
const CHANGED = 'computepool-earn-changed';

function subscribe(listener: () => void): () => void {
  window.addEventListener(CHANGED, listener);
  window.addEventListener('storage', listener);
  return () => {
    window.removeEventListener(CHANGED, listener);
    window.removeEventListener('storage', listener);
  };
}

/** A private window throws at storage: then nothing was agreed to. */
function read(): boolean {
  try {
    return localStorage.getItem(KEY) === 'yes';
  } catch {
    return false;
  }
}

export function useEarningConsent(): [agreed: boolean, agree: (agreed: boolean) => void] {
  const agreed = useSyncExternalStore(subscribe, read, () => false);
  const agree = useCallback((next: boolean) => {
    try {
      localStorage.setItem(KEY, next ? 'yes' : 'no');
    } catch {
      // It is asked again next time.
    }
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return [agreed, agree];
}
