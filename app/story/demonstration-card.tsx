// The demonstration once somebody has pressed play: loads, asks, shows what passes. Its workers live as long as it is shown.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { openPageRing } from '../../shard-worker/page-ring.ts';
import { formatRate } from '../format/format-count.ts';
import { formatMs } from '../format/format-ms.ts';
import { useStore } from '../state/use-store.ts';
import { storyText } from '../text/english/story.ts';
import { CheckField } from '../ui/check-field.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { Figures } from '../ui/figures.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { RuntimeLoading } from '../ui/runtime-loading.tsx';
import { SecureOnly } from '../ui/secure-only.tsx';
import { Demonstration, type DemonstrationState, SLOW_MS } from './demonstration.ts';
import { HopList } from './hop-list.tsx';
import { RingPicture } from './ring-picture.tsx';

/** In English: what is this tiny was taught nothing else. */
const QUESTIONS = ['What is a shard?', 'How do I join?', 'Tell me a story about a fox.'];

export const DemonstrationCard = () => (
  <SecureOnly>
    <Played />
  </SecureOnly>
);

function Played() {
  const isStill = useStillness();
  const [demonstration, setDemonstration] = useState<Demonstration>();
  const [isSlow, setSlow] = useState(!isStill);
  const [question, setQuestion] = useState(QUESTIONS[0]!);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it plays once by itself, as it was pressed
  useEffect(() => {
    const opened = new Demonstration(openPageRing, question);
    opened.slow(isSlow);
    setDemonstration(opened);
    void opened.play(question);
    return () => opened.close();
  }, []);
  const state = useStore(demonstration?.state);
  if (!demonstration || !state) return <p className="text-muted">{storyText.oneMoment}</p>;
  const play = (asked: string): void => {
    setQuestion(asked);
    void demonstration.play(asked);
  };
  return (
    <div
      className="grid gap-6 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]"
      data-testid="demonstration"
      data-phase={state.phase}
    >
      <div>
        <RingPicture state={state} isSlow={isSlow} isStill={isStill} />
        <CheckField
          label={storyText.slow.label}
          hint={storyText.slow.hint(formatMs(SLOW_MS))}
          checked={isSlow}
          onCheck={(checked) => {
            setSlow(checked);
            demonstration.slow(checked);
          }}
        />
      </div>
      <div className="min-w-0">
        <Told state={state} onRetry={() => play(question)} />
        <Questions asked={question} isFree={state.phase === 'done'} onAsk={play} />
      </div>
    </div>
  );
}

function Told({ state, onRetry }: { state: DemonstrationState; onRetry(): void }) {
  const { phase, text, hops, hopCount, answer, error } = state;
  const words = storyText;
  return (
    <>
      <p className="label">{words.question}</p>
      <p className="mt-1 font-medium" lang="en" data-words="model">
        {state.question}
      </p>
      <p className="mt-3 text-muted text-sm" role="status">
        {phase === 'done' ? words.done(answer?.tokenIds.length ?? 0, hopCount) : words.phases[phase]}
      </p>
      {phase === 'loading' && <Loading state={state} />}
      {phase === 'failed' && error && <ErrorCard error={error} onRetry={onRetry} />}
      <p
        className={`mt-2 min-h-14 break-words text-lg ${phase === 'asking' ? 'caret' : ''}`}
        lang="en"
        dir="auto"
        data-testid="shown-answer"
        data-tokens={answer?.tokenIds.join(' ')}
      >
        {text}
      </p>
      {answer && <Measured answer={answer} />}
      {hops.length > 0 && (
        <section className="mt-4 border-line border-t pt-3" aria-label={words.hops.title}>
          <p className="label mb-2">{words.hops.title}</p>
          <HopList hops={hops} />
        </section>
      )}
    </>
  );
}

function Measured({ answer: { stats } }: { answer: NonNullable<DemonstrationState['answer']> }) {
  const { figures } = storyText;
  const computeMs = stats.route.reduce((sum, stop) => sum + stop.computeMs, 0);
  return (
    <div className="mt-3">
      <Figures
        figures={[
          { name: figures.compute, value: formatMs(computeMs) },
          { name: figures.lap, value: formatMs(stats.lapMs) },
          { name: figures.rate, value: formatRate(stats.tokensPerSecond) },
        ]}
      />
      <p className="mt-2 text-muted text-sm">{figures.note}</p>
    </div>
  );
}

function Loading({ state: { ring } }: { state: DemonstrationState }) {
  const seats = ring?.coalition?.seats ?? [];
  return (
    <div className="mt-2 space-y-2 text-sm">
      {ring?.runtime && <RuntimeLoading runtime={ring.runtime} />}
      {seats.map((seat, at) => (
        <div key={seat.peer} className="grid grid-cols-[6rem_minmax(0,1fr)] items-center gap-3">
          <span>{storyText.shard(at + 1)}</span>
          <ProgressBar
            label={storyText.loads(at + 1)}
            value={seat.ready ? seat.totalBytes : seat.loadedBytes}
            max={seat.totalBytes}
          />
        </div>
      ))}
    </div>
  );
}

function Questions({ asked, isFree, onAsk }: { asked: string; isFree: boolean; onAsk(question: string): void }) {
  return (
    <div className="mt-5 flex flex-wrap gap-2">
      {QUESTIONS.map((question) => (
        <button
          key={question}
          type="button"
          className="button button-small"
          disabled={!isFree}
          onClick={() => onAsk(question)}
        >
          {question === asked ? (
            storyText.again
          ) : (
            <span lang="en" data-words="model">
              {question}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

const QUERY = '(prefers-reduced-motion: reduce)';

function subscribe(listener: () => void): () => void {
  const media = matchMedia(QUERY);
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
}

/** Whether this person wants no motion. */
const useStillness = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => matchMedia(QUERY).matches,
    () => true,
  );
