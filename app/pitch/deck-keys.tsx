// Slide by slide: with the arrow keys, or with two buttons. Whoever writes into a field keeps the keys.
import { useEffect } from 'react';
import { pitchText } from '../text/english/pitch.ts';
import { nextSlide } from './next-slide.ts';

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

export function DeckKeys() {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const step = STEPS[event.key];
      const { target } = event;
      const isWriting = target instanceof Element && target.closest('input, select, textarea') !== null;
      if (step === undefined || isWriting || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(step);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  return (
    <div className="sticky bottom-4 mt-6 flex justify-end gap-2 print:hidden">
      <button type="button" className="button button-small" onClick={() => go(-1)}>
        ← {pitchText.back}
      </button>
      <button type="button" className="button button-small" onClick={() => go(1)}>
        {pitchText.next} →
      </button>
    </div>
  );
}

/** The focus goes along, so that a screen reader reads the slide. */
function go(step: number): void {
  const slides = [...document.querySelectorAll<HTMLElement>('[data-slide]')];
  const tops = slides.map((slide) => slide.getBoundingClientRect().top);
  const slide = slides[nextSlide(tops, step)];
  slide?.focus({ preventScroll: true });
  slide?.scrollIntoView({ block: 'start' });
}
