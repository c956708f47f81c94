// Beside a conversation with a market pool: what it costs to ask, a payment as it goes, and the session that it opened. Tells the
// conversation how to ask. Loaded for market pools alone; wallet code comes with the first press.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Coalition } from '../../protocol/control.ts';
import type { PoolId } from '../../protocol/ids.ts';
import type { ChatPeer } from '../../shard-worker/index.ts';
import { payText } from '../text/english/pay.ts';
import { paidAsker } from './ask-paid.ts';
import { SESSIONS } from './call-paid.ts';
import { isLive } from './meter.ts';
import { PayFlow } from './pay-flow.tsx';
import { PayStart } from './pay-start.tsx';
import { PendingCard } from './pending-card.tsx';
import { SessionCard } from './session-card.tsx';
import { useKeptPayments, usePaidSession } from './use-paid-session.ts';

interface Props {
  pool: PoolId;
  coalition: Coalition | undefined;
  /** How this pool is asked now; undefined: it has to be paid first. */
  onAsker(asker: Pick<ChatPeer, 'ask'> | undefined): void;
}

export function PayPanel({ pool, coalition, onAsker }: Props) {
  const { pending } = useKeptPayments();
  const paid = usePaidSession(pool);
  const [dollars, setDollars] = useState<number>();
  const { kept, value } = paid;
  const session = value && value.session.id === kept?.id ? value.session : undefined;
  const key = session && isLive(session) ? kept?.key : undefined;

  const seats = useRef(coalition);
  seats.current = coalition;
  const asker = useMemo(
    () => (key === undefined ? undefined : paidAsker({ key, pool, coalition: () => seats.current })),
    [key, pool],
  );
  useEffect(() => {
    onAsker(asker);
    return () => onAsker(undefined);
  }, [asker, onAsker]);

  const done = useCallback(() => setDollars(undefined), []);
  const isPaid = kept !== undefined;
  useEffect(() => {
    if (isPaid) done();
  }, [isPaid, done]);
  return (
    <section className="panel p-4" data-testid="pay-panel" aria-label={payText.title}>
      {kept ? (
        <SessionCard kept={kept} paid={paid} />
      ) : (
        <>
          <h2 className="font-semibold">{payText.title}</h2>
          {pending && dollars === undefined ? (
            <PendingCard pending={pending} />
          ) : dollars === undefined ? (
            <PayStart pool={pool} isServed={coalition !== undefined} onBegin={setDollars} />
          ) : (
            <PayFlow aim={{ pool, path: SESSIONS, wish: { model: pool, dollars } }} onDone={done} />
          )}
        </>
      )}
    </section>
  );
}
