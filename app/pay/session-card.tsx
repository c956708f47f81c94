// A paid session while it lives and when it is over: its meter, more money for it, its end, and each step with its transaction.
import { useCallback, useState } from 'react';
import type { Remote } from '../state/use-remote.ts';
import { useTask } from '../state/use-task.ts';
import { payText } from '../text/english/pay.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { endSession, SESSIONS } from './call-paid.ts';
import { keptPayments } from './kept-payments.ts';
import { isLive, type Reading } from './meter.ts';
import { MeterFigures } from './meter-figures.tsx';
import { formatAbout } from './pay-figures.ts';
import { PayFlow } from './pay-flow.tsx';
import { PendingCard } from './pending-card.tsx';
import { SessionEnd } from './session-end.tsx';
import type { KeptSession } from './shapes.ts';
import { StepList } from './step-list.tsx';
import { TopUpForm } from './top-up-form.tsx';
import { useKeptPayments } from './use-paid-session.ts';

interface Props {
  kept: KeptSession;
  paid: Remote<Reading>;
}

export function SessionCard({ kept, paid }: Props) {
  const { pending } = useKeptPayments();
  const [dollars, setDollars] = useState<number>();
  const ending = useTask();
  const { reload } = paid;
  const done = useCallback(() => {
    setDollars(undefined);
    reload();
  }, [reload]);
  const reading = paid.value?.session.id === kept.id ? paid.value : undefined;
  const forget = () => keptPayments().forget(kept.id);
  if (!reading) {
    const isUnknown = paid.error?.code === 'not-found' || paid.error?.code === 'not-logged-in';
    if (isUnknown) {
      return (
        <div className="space-y-2 text-sm" data-testid="pay-session" data-state="unknown">
          <p>{payText.session.unknown}</p>
          <button type="button" className="button button-small" onClick={forget}>
            {payText.session.forget}
          </button>
        </div>
      );
    }
    return paid.error ? (
      <ErrorCard error={paid.error} onRetry={reload} />
    ) : (
      <LoadingLine>{payText.session.title}</LoadingLine>
    );
  }
  const { session } = reading;
  const end = () =>
    void ending
      .run(async () => {
        await endSession(kept.id, kept.key);
      })
      .then(reload);
  const topUp = { pool: kept.pool, path: `${SESSIONS}/${kept.id}/top-up`, key: kept.key, payer: session.payer };
  return (
    <div className="text-sm" data-testid="pay-session" data-state={session.state} data-id={session.id}>
      <h2 className="font-semibold text-base">{payText.session.title}</h2>
      <p role="status">{payText.session.states[session.state]}</p>
      {paid.error && <p className="text-muted">{payText.session.unread}</p>}
      {session.state === 'over' ? (
        <SessionEnd session={session} onAgain={forget} />
      ) : (
        <MeterFigures reading={reading} />
      )}
      {isLive(session) && (
        <>
          <p className="mt-1 text-muted">
            {payText.modes[session.mode]} {payText.session.within(formatAbout(session.use_before - session.now))}{' '}
            {payText.session.idle}
          </p>
          {pending && dollars === undefined && <PendingCard pending={pending} />}
          {dollars === undefined ? (
            <div className="mt-3 flex flex-wrap gap-2">
              <TopUpForm onTopUp={setDollars} />
              <ConfirmButton
                label={payText.session.end}
                subject={payText.session.subject}
                warning={payText.session.endWarning}
                confirmLabel={payText.session.endConfirm}
                disabled={ending.busy}
                onConfirm={end}
              />
            </div>
          ) : (
            <PayFlow aim={{ ...topUp, wish: { dollars } }} onDone={done} />
          )}
        </>
      )}
      {ending.error && <ErrorCard error={ending.error} />}
      <StepList kept={kept} session={session} />
      <p className="mt-3 text-muted">{payText.throughServer}</p>
    </div>
  );
}
