// Credits of an account: free to spend, and held for requests that run.
import { splitBalance } from '../format/balance-parts.ts';
import { formatCredits } from '../format/format-credits.ts';
import { Card } from '../ui/card.tsx';

interface Props {
  availableMicros: number;
  heldMicros: number;
}

export function BalanceCard({ availableMicros, heldMicros }: Props) {
  const { availablePercent, heldPercent } = splitBalance(availableMicros, heldMicros);
  return (
    <Card title="Credits" testId="balance">
      <p data-available-micros={availableMicros} data-held-micros={heldMicros}>
        <span className="font-semibold text-4xl tracking-tight">{formatCredits(availableMicros)}</span>{' '}
        <span className="text-muted">credits to spend</span>
      </p>
      <div className="mt-3 flex h-3 gap-px overflow-hidden rounded-sm bg-line" aria-hidden="true">
        <span className="bg-accent" style={{ width: `${availablePercent}%` }} />
        <span className="bg-wait" style={{ width: `${heldPercent}%` }} />
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        <Part colour="bg-accent" name="available" micros={availableMicros} />
        <Part colour="bg-wait" name="held for running requests" micros={heldMicros} />
      </ul>
      <p className="mt-3 max-w-prose text-muted text-sm">
        {availableMicros === 0
          ? 'Nothing left to spend. Lend a GPU to earn credits.'
          : 'A request holds what it could cost at most; what it did not need comes back when it ends.'}
      </p>
    </Card>
  );
}

function Part({ colour, name, micros }: { colour: string; name: string; micros: number }) {
  return (
    <li className="flex items-center gap-1.5">
      <span className={`size-2.5 rounded-[2px] ${colour}`} aria-hidden="true" />
      {name} <span className="font-mono">{formatCredits(micros)}</span>
    </li>
  );
}
