// Whether this browser believes the server's certificate: a page that came over https has shown it, another one asks over https.
import { useCallback, useEffect, useRef, useState } from 'react';

export type Trusted = 'looking' | 'yes' | 'no';

const LOOK_TIMEOUT_MS = 5_000;

/**
 * Looked at again whenever the person comes back to the page, from the settings say.
 *
 * @param onward where the browser is sent at once if it believed the certificate before it came here.
 */
export function useTrusted(
  here: Pick<Location, 'protocol' | 'host'>,
  onward?: string,
): { trusted: Trusted; look(): void } {
  const isSecure = here.protocol === 'https:';
  const isFirst = useRef(true);
  const [trusted, setTrusted] = useState<Trusted>(isSecure ? 'yes' : 'looking');
  const look = useCallback(() => {
    if (isSecure) return;
    const wasFirst = isFirst.current;
    isFirst.current = false;
    // Nothing of the answer is read: that there is one says that the browser believed the certificate.
    const asked = { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(LOOK_TIMEOUT_MS) } as const;
    fetch(`https://${here.host}/healthz`, asked).then(
      () => {
        setTrusted('yes');
        if (wasFirst && onward !== undefined) window.location.replace(onward);
      },
      () => setTrusted('no'),
    );
  }, [isSecure, here.host, onward]);
  useEffect(() => {
    look();
    const onBack = (): void => {
      if (!document.hidden) look();
    };
    document.addEventListener('visibilitychange', onBack);
    return () => document.removeEventListener('visibilitychange', onBack);
  }, [look]);
  return { trusted, look };
}
