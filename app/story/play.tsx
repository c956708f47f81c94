// The place of the demonstration on the start page: what it is, and the button that loads it. Until then nothing of it is here.
import { useState } from 'react';
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';
import { homeText } from '../text/english/home.ts';

const part = new LazyPart(() => import('./demonstration-card.tsx').then((module) => module.DemonstrationCard));

export function Play() {
  const Card = useLazyPart(part, false);
  const [phase, setPhase] = useState<'idle' | 'loading' | 'failed'>('idle');
  const text = homeText.demo;
  const play = (): void => {
    setPhase('loading');
    void part.load().then(() => part.state.get() ?? setPhase('failed'));
  };
  return (
    <section className="panel mt-8 p-4 sm:p-6">
      <h2 className="font-semibold text-xl">{text.title}</h2>
      <p className="mt-2 mb-5 max-w-prose text-muted">{text.text}</p>
      {Card && phase === 'loading' ? (
        <Card />
      ) : (
        <>
          <button type="button" className="button button-primary px-6" data-testid="play" onClick={play}>
            <svg viewBox="0 0 10 12" aria-hidden="true" className="h-3 fill-current">
              <path d="M0 0l10 6-10 6z" />
            </svg>
            {phase === 'loading' ? text.loading : text.play}
          </button>
          {phase === 'failed' && <p role="alert">{text.failed}</p>}
        </>
      )}
    </section>
  );
}
