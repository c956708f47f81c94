// How an answer was made: one line, which opens to the figures. Those are fetched, and drawn, when somebody wants them: a long
// conversation has thousands.
import { useState } from 'react';
import type { Settlement } from '../../shard-worker/index.ts';
import { answerLine, draftLine, tokenLine } from '../format/answer-line.ts';
import { nameRoute } from '../format/describe-mode.ts';
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';
import type { FiguresProps } from './answer-figures.tsx';
import { ChargeLine } from './charge-line.tsx';

const figures = new LazyPart(() => import('./answer-figures.tsx').then(({ AnswerFigures }) => AnswerFigures));

interface Props extends FiguresProps {
  settlement: Settlement | undefined;
}

export function AnswerStats({ stats, plan, settlement }: Props) {
  const [isOpen, setOpen] = useState(false);
  const Figures = useLazyPart(figures, isOpen);
  const line = stats ? answerLine(stats, plan) || tokenLine(stats) : '';
  const drafts = stats && draftLine(stats);
  return (
    <details
      className="mt-3 text-sm"
      data-testid="answer-stats"
      data-tokens={stats?.tokens}
      data-tokens-per-second={stats?.tokensPerSecond}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="w-fit py-1.5 font-mono text-muted">{line || (plan && nameRoute(plan))}</summary>
      <div className="mt-2 space-y-4 border-line border-l-2 pl-4">
        {stats && (
          <p className="text-muted">
            {tokenLine(stats)}.{drafts && ` ${drafts}`}
          </p>
        )}
        {settlement && <ChargeLine settlement={settlement} />}
        {isOpen && Figures && <Figures stats={stats} plan={plan} />}
      </div>
    </details>
  );
}
