// Asks before this window is closed, only while others depend on it.
import { useEffect } from 'react';

export function useUnloadHint(serving: boolean): void {
  useEffect(() => {
    if (!serving) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [serving]);
}
