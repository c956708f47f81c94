// How much of what the model can keep in mind the conversation takes, as the last answer counted it.
import { formatCount } from '../format/format-count.ts';
import { modelsText } from '../text/english/models.ts';
import type { Turn } from './conversation.ts';

/** From here on the next turns may push out the oldest. */
const NEARLY_FULL = 0.8;

/** Tokens of the prompt and the answer that came last; undefined until one has figures. */
export function usedTokens(turns: readonly Turn[]): number | undefined {
  const counted = turns.findLast((turn) => turn.role === 'assistant' && turn.stats !== undefined);
  return counted?.role === 'assistant' && counted.stats ? counted.stats.promptTokens + counted.stats.tokens : undefined;
}

export function ContextMeter({ turns, contextTokens }: { turns: readonly Turn[]; contextTokens: number | undefined }) {
  const used = usedTokens(turns);
  if (used === undefined || !contextTokens) return null;
  const share = Math.min(1, used / contextTokens);
  const isNearlyFull = share >= NEARLY_FULL;
  const figures = [formatCount(used), formatCount(contextTokens)] as const;
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-2 text-muted text-sm" data-testid="context-meter">
      <meter
        className="h-2 w-16"
        min={0}
        max={contextTokens}
        high={NEARLY_FULL * contextTokens}
        value={Math.min(used, contextTokens)}
        aria-label={modelsText.used(...figures)}
      />
      <span title={modelsText.used(...figures)}>{modelsText.usedShort(...figures)}</span>
      {isNearlyFull && <span className="text-wait">{modelsText.nearlyFull}</span>}
    </div>
  );
}
