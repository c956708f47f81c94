// Credits of an account: free to spend, and held for requests that run.
import { splitBalance } from '../format/balance-parts.ts';
import { formatCredits } from '../format/format-credits.ts';
import { accountText } from '../text/english/account.ts';
import { fill } from '../text/fill.ts';
import { Card } from '../ui/card.tsx';

interface Props {
  availableMicros: number;
  heldMicros: number;
}

export function BalanceCard({ availableMicros, heldMicros }: Props) {
  const text = accountText.balance;
  const { availablePercent, heldPercent } = splitBalance(availableMicros, heldMicros);
  return (
    <Card title={text.title} testId="balance">
      <p className="text-muted" data-available-micros={availableMicros} data-held-micros={heldMicros}>
        {fill(text.toSpend, {
          credits: (
            <span className="font-semibold text-4xl text-ink tracking-tight">{formatCredits(availableMicros)}</span>
          ),
        })}
      </p>
      <div className="mt-3 flex h-3 gap-px overflow-hidden rounded-sm bg-line" aria-hidden="true">
        <span className="bg-accent" style={{ width: `${availablePercent}%` }} />
        <span className="bg-wait" style={{ width: `${heldPercent}%` }} />
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        <Part colour="bg-accent" name={text.available} micros={availableMicros} />
        <Part colour="bg-wait" name={text.held} micros={heldMicros} />
      </ul>
      <p className="mt-3 max-w-prose text-muted text-sm">{availableMicros === 0 ? text.nothing : text.holds}</p>
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
