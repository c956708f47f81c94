// Between whom a shard stands, and why nothing happens when nothing does.
import type { StageState } from '../../shard-worker/index.ts';
import { neighbourLine, quietLine } from '../format/stage-words.ts';

export function StageWords({ state }: { state: StageState }) {
  if (state.away || state.leaving) return null;
  const quiet = quietLine(state);
  const neighbours = state.phase === 'serving' ? neighbourLine(state) : undefined;
  if (!quiet && !neighbours) return null;
  return (
    <div className="mt-4 text-sm">
      {quiet && (
        <p className="font-medium" data-testid="quiet-line">
          {quiet}
        </p>
      )}
      {neighbours && (
        <p className="text-muted" data-testid="neighbour-line">
          {neighbours}
        </p>
      )}
    </div>
  );
}
