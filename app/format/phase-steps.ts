// How far a shard has come, as a list of steps. Pure.
import type { StagePhase, StageState } from '../../shard-worker/index.ts';
import { formatText, phaseText } from '../text/english/format.ts';

export interface PhaseStep {
  name: string;
  status: 'done' | 'current' | 'failed' | 'todo';
}

const STEPS = ['connecting', 'reading-model', 'probing', 'waiting', 'loading', 'serving'] as const;

/** What each phase means, one sentence for the person: the catalogue itself, so that it is read in the language that is spoken. */
export const PHASE_SENTENCES: Readonly<Record<StagePhase, string>> = phaseText;

/** The step a failed shard was at, told from what it already knows. */
function failedStep(state: StageState): number {
  if (state.slice) return 4;
  if (state.msPerLayer !== undefined) return 3;
  if (state.manifest) return 2;
  return state.peer ? 1 : 0;
}

export function listSteps(state: StageState): PhaseStep[] {
  const failed = state.phase === 'failed';
  const left = state.phase === 'left';
  const current = failed ? failedStep(state) : (STEPS as readonly StagePhase[]).indexOf(state.phase);
  return STEPS.map((phase, index) => {
    const name = formatText.steps[phase];
    if (left || index > current) return { name, status: 'todo' };
    if (index < current) return { name, status: 'done' };
    return { name, status: failed ? 'failed' : 'current' };
  });
}
