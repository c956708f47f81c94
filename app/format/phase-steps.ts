// How far a shard has come, as a list of steps. Pure.
import type { StagePhase, StageState } from '../../shard-worker/index.ts';

export interface PhaseStep {
  name: string;
  status: 'done' | 'current' | 'failed' | 'todo';
}

const STEPS: readonly { phase: StagePhase; name: string }[] = [
  { phase: 'connecting', name: 'Connect' },
  { phase: 'reading-model', name: 'Read the model' },
  { phase: 'probing', name: 'Measure' },
  { phase: 'waiting', name: 'Wait for a place' },
  { phase: 'loading', name: 'Load' },
  { phase: 'serving', name: 'Serve' },
];

/** What each phase means, one sentence for the person. */
export const PHASE_SENTENCES: Record<StagePhase, string> = {
  connecting: 'Connecting to the server that introduces tabs to each other.',
  'reading-model': 'Reading the model’s structure. No weights are loaded yet.',
  probing: 'Measuring how fast this device computes one layer.',
  waiting: 'Ready. It gets its layers as soon as the pool has a place for it.',
  loading: 'Loading the weights of its layers, and no others.',
  serving: 'Serving. Keep this tab open; answers pass through it.',
  failed: 'Stopped by an error.',
  left: 'Left the pool. Its memory is free again.',
};

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
  const current = failed ? failedStep(state) : STEPS.findIndex((step) => step.phase === state.phase);
  return STEPS.map(({ name }, index) => {
    if (left || index > current) return { name, status: 'todo' };
    if (index < current) return { name, status: 'done' };
    return { name, status: failed ? 'failed' : 'current' };
  });
}
