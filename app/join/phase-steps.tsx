// The steps of a shard as a row: done, under way, to come.
import type { StageState } from '../../shard-worker/index.ts';
import { listSteps, type PhaseStep } from '../format/phase-steps.ts';
import { joinText } from '../text/english/join.ts';

const LOOKS: Record<PhaseStep['status'], { sign: string; className: string }> = {
  done: { sign: '✓', className: 'border-accent text-accent' },
  current: { sign: '●', className: 'border-accent bg-accent-soft font-semibold' },
  failed: { sign: '!', className: 'border-danger bg-danger-soft font-semibold text-danger' },
  todo: { sign: '', className: 'border-line text-muted' },
};

export function PhaseSteps({ state }: { state: StageState }) {
  return (
    <ol
      aria-label={joinText.card.steps}
      className="mt-4 grid grid-cols-2 gap-x-2 gap-y-1 text-sm sm:grid-cols-3 lg:grid-cols-6"
    >
      {listSteps(state).map((step) => {
        const look = LOOKS[step.status];
        return (
          <li
            key={step.name}
            aria-current={step.status === 'current' ? 'step' : undefined}
            className={`flex items-center gap-1.5 border-t-3 px-1 py-1.5 ${look.className}`}
          >
            <span aria-hidden="true" className={look.sign ? 'text-xs' : 'hidden'}>
              {look.sign}
            </span>
            {step.name}
            <span className="sr-only">, {joinText.card.stepStates[step.status]}</span>
          </li>
        );
      })}
    </ol>
  );
}
