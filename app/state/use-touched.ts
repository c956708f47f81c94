// Whether somebody has begun to use a page: pressed a key, a button or the screen, or moved the focus into it. Until then it loads
// nothing that only its use needs.
import { useEffect, useState } from 'react';

const SIGNS = ['pointerdown', 'keydown', 'focusin'] as const;

export function useTouched(): boolean {
  const [isTouched, setTouched] = useState(false);
  useEffect(() => {
    if (isTouched) return;
    const note = () => setTouched(true);
    for (const sign of SIGNS) window.addEventListener(sign, note, { passive: true });
    return () => {
      for (const sign of SIGNS) window.removeEventListener(sign, note);
    };
  }, [isTouched]);
  return isTouched;
}
