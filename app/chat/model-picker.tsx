// Which model answers: the pools that exist now, each with what one asks before choosing: its size, who is there, how fast, how dear.
import { useId } from 'react';
import type { PoolSummary } from '../../protocol/control.ts';
import { type PoolId, type PoolRef, poolRefOf } from '../../protocol/pool-id.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatCount } from '../format/format-count.ts';
import { formatCredits } from '../format/format-credits.ts';
import { formatMarketPrice } from '../format/format-dollars.ts';
import { formatModel } from '../format/format-model.ts';
import { formatParameters, type SiteModel } from '../state/site-models.ts';
import { modelsText } from '../text/english/models.ts';

interface Props {
  pools: readonly PoolSummary[];
  /** What the site says of its own models. */
  models: readonly SiteModel[];
  current: PoolId;
  /** The pool asked now; shown even when it is not in the list. */
  model: PoolRef;
  disabled: boolean;
  onPick(pool: PoolRef): void;
}

const TOKENS = 1000;

export function ModelPicker({ pools: all, models, current, model, disabled, onPick }: Props) {
  const name = useId();
  const drafts = models.flatMap(({ repo, draftFor }) => (draftFor ? [repo] : []));
  // Draft models are no newcomer's choice.
  const pools = all.filter(({ pool, model: { repo } }) => pool === current || !drafts.includes(repo));
  const here = pools.find(({ pool }) => pool === current);
  const facts = here && factsOf(here, models);
  if (pools.length + (here ? 0 : 1) < 2) {
    return facts ? (
      <p className="text-muted text-sm" data-testid="model-facts">
        {facts}
      </p>
    ) : null;
  }
  return (
    <details data-testid="model-picker">
      <summary className="py-1.5 text-sm">
        <span className="link">{modelsText.choose}</span>
        {facts && (
          <span className="block text-muted" data-testid="model-facts">
            {facts}
          </span>
        )}
      </summary>
      <fieldset className="mt-1 space-y-1" disabled={disabled}>
        <legend className="sr-only">{modelsText.model}</legend>
        {!here && <Choice name={name} isPicked title={formatModel(model)} about={modelsText.states.empty} />}
        {pools.map((pool) => (
          <Choice
            key={pool.pool}
            name={name}
            isPicked={pool.pool === current}
            title={formatModel(poolRefOf(pool.pool))}
            about={`${modelsText.states[pool.state]} · ${factsOf(pool, models)}`}
            onPick={() => onPick(poolRefOf(pool.pool))}
          />
        ))}
      </fieldset>
    </details>
  );
}

function Choice(props: { name: string; isPicked: boolean; title: string; about: string; onPick?(): void }) {
  const { name, isPicked, title, about, onPick } = props;
  return (
    <label className="flex min-h-11 items-baseline gap-3 rounded border border-transparent px-2 py-1.5 has-checked:border-accent has-checked:bg-accent-soft/50">
      <input
        type="radio"
        name={name}
        checked={isPicked}
        onChange={() => onPick?.()}
        className="size-4 shrink-0 translate-y-0.5 accent-accent"
      />
      <span className="min-w-0 text-sm">
        <span className="block break-words font-medium" dir="auto">
          {title}
        </span>
        <span className="block text-muted">{about}</span>
      </span>
    </label>
  );
}

/** Its size, who is there, how fast and how dear, as far as it is known. */
export function factsOf({ model, peers, policy, facts }: PoolSummary, models: readonly SiteModel[]): string {
  const known = models.find(({ repo }) => repo === model.repo);
  const size = formatParameters(known?.parameters) || (facts && formatBytes(facts.weightBytes));
  return [
    size,
    modelsText.tabs(peers, formatCount(peers)),
    facts?.tokensPerSecond && modelsText.speed(formatCount(Math.max(1, Math.round(facts.tokensPerSecond)))),
    facts && priceOf(facts.price, policy === 'market'),
  ]
    .filter(Boolean)
    .join(' · ');
}

const priceOf = (price: NonNullable<PoolSummary['facts']>['price'], isMarket: boolean): string =>
  isMarket
    ? modelsText.inUsdc(formatMarketPrice(price))
    : modelsText.credits(formatCredits(TOKENS * price.completionMicros));
