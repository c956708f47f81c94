// How many tabs hold which parts of a pool's model, as a strip and in words.
import type { NetworkPool } from '../../protocol/http/network.ts';
import { formatRate } from '../format/format-count.ts';
import { networkText } from '../text/english/network.ts';
import { nameParts } from '../ui/name-parts.ts';

/** From so many tabs on a part is as dark as can be. */
const DARKEST = 4;

export function CoverageList({ pools }: { pools: readonly NetworkPool[] }) {
  const text = networkText.coverage;
  const known = pools.filter(({ coverage }) => coverage.length > 0);
  if (known.length === 0) return <p className="text-muted">{text.none}</p>;
  return (
    <ul className="grid gap-x-8 gap-y-5 md:grid-cols-2" data-testid="network-coverage">
      {known.map((pool, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pools have no name of their own here, and keep their order
        <li key={at} className="min-w-0">
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="min-w-0 break-words font-semibold">
              <bdi>{pool.model}</bdi>{' '}
              <span data-words="program" className="font-normal text-muted text-sm">
                {pool.dtype}
              </span>
            </span>
            <span className="font-mono text-muted text-sm">
              {text.tabs(pool.peers)}
              {pool.tokensPerSecond !== null && ` · ${formatRate(pool.tokensPerSecond)}`}
            </span>
          </p>
          <Strip pool={pool} />
          <p className="mt-1.5 text-muted text-sm">{told(pool).join(', ')}.</p>
        </li>
      ))}
    </ul>
  );
}

const told = ({ coverage }: NetworkPool): string[] =>
  coverage.map(({ start, end, tabs }) => networkText.coverage.held(nameParts(start, end), end - start, tabs));

/** The words below say the same. */
function Strip({ pool: { coverage } }: { pool: NetworkPool }) {
  return (
    <div aria-hidden="true" className="mt-2 flex h-6 overflow-hidden rounded-sm border border-control">
      {coverage.map(({ start, end, tabs }) => (
        <span
          key={start}
          className="relative flex min-w-0 items-center justify-center border-panel not-first:border-l"
          style={{ flexGrow: end - start, flexBasis: 0 }}
        >
          <span
            className={`absolute inset-0 ${tabs === 0 ? 'bg-danger-soft' : 'bg-accent'}`}
            style={tabs === 0 ? undefined : { opacity: 0.18 + (0.62 * Math.min(tabs, DARKEST)) / DARKEST }}
          />
        </span>
      ))}
    </div>
  );
}
