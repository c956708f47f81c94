// At a market pool's page, for whoever runs the server: the hot key's gas money, and paid sessions. Nothing for anybody else.
import type { PoolId } from '../../protocol/ids.ts';
import { ChainLink } from '../pay/chain-link.tsx';
import { formatUsdc } from '../pay/pay-figures.ts';
import { useRemote } from '../state/use-remote.ts';
import { languageTag } from '../text/catalogue.ts';
import { earnText } from '../text/english/earn.ts';
import { Card } from '../ui/card.tsx';
import { readMarkets, readOperator } from './call-market.ts';

const EVERY_MS = 5_000;
const FEW_SESSIONS = 20;

export function OperatorSection({ pool }: { pool: PoolId }) {
  const markets = useRemote(readMarkets);
  const stand = useRemote(readOperator, EVERY_MS);
  const market = markets.value?.find((each) => each.pool === pool);
  if (!market || !stand.value) return null;
  const { hot_key: hot, sessions } = stand.value;
  const { operator } = earnText;
  const own = sessions.filter((session) => session.pool === pool);
  const chainId = market.chain_id;
  return (
    <Card title={operator.title} testId="market-operator">
      <dl className="space-y-2 text-sm">
        <div>
          <dt className="label">{operator.hotKey}</dt>
          <dd data-testid="hot-key" data-sessions-left={hot.sessions_left} data-waiting={hot.waiting}>
            <ChainLink chainId={chainId} kind="address" value={hot.address} isWhole />
            <br />
            <span className="font-mono">
              {formatGasMoney(hot.balance)} {hot.symbol}
            </span>
            : {operator.sessions(hot.sessions_left)}; {operator.waiting(hot.waiting)}.
            {hot.sessions_left < FEW_SESSIONS && (
              <span className="mt-1 block rounded-md border border-control bg-warn-soft px-3 py-2">{operator.low}</span>
            )}
          </dd>
        </div>
        {(['contract', 'treasury'] as const).map((name) => (
          <div key={name}>
            <dt className="label">{operator[name]}</dt>
            <dd>
              <ChainLink chainId={chainId} kind="address" value={market[name]} isWhole />
            </dd>
          </div>
        ))}
      </dl>
      <h3 className="mt-4 font-medium">{operator.paid}</h3>
      {own.length === 0 && <p className="text-muted text-sm">{operator.noSessions}</p>}
      <ul className="mt-1 divide-y divide-line text-sm">
        {own.map((session) => (
          <li key={session.id} className="flex flex-wrap justify-between gap-x-4 py-1" data-testid="operator-session">
            <ChainLink chainId={chainId} kind="address" value={session.payer} />
            <span>{earnText.states[session.state]}</span>
            <span className="font-mono">
              {formatUsdc(session.earned_usdc)} / {formatUsdc(session.deposit_usdc)}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Eighteen digits say less than four. */
const formatGasMoney = (balance: string): string =>
  new Intl.NumberFormat(languageTag(), { maximumSignificantDigits: 4 }).format(Number(balance));
