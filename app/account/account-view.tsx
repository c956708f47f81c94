// What /account does: who is logged in, then everything that is theirs; else the form.
import { lazy, Suspense, useState } from 'react';
import { formatCreditAmount } from '../format/format-credits.ts';
import { logOut } from '../state/account-api.ts';
import { useAccount } from '../state/use-account.ts';
import { useTask } from '../state/use-task.ts';
import { accountText } from '../text/english/account.ts';
import { fill } from '../text/fill.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { BalanceCard } from './balance-card.tsx';
import { JobHistory } from './job-history.tsx';
import { KeySection } from './key-section.tsx';
import { LoginSection } from './login-section.tsx';
import { OwnDataSection } from './own-data-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { PeerSection } from './peer-section.tsx';
import { StatementList } from './statement-list.tsx';
import { StrangerForm } from './stranger-form.tsx';
import { WebhookSection } from './webhook-section.tsx';

/** Market pools alone pay in it: loaded when somebody is logged in. */
const EarnedSection = lazy(() =>
  import('../earn/earned-section.tsx').then((room) => ({ default: room.EarnedSection })),
);

/** Balances move while requests run. */
const BALANCE_EVERY_MS = 10_000;

export function AccountView() {
  const { status, account, error, reload } = useAccount(BALANCE_EVERY_MS);
  const leaving = useTask();
  /** Counts what ended keys or logins from another card: their lists are read anew. */
  const [endings, setEndings] = useState(0);
  /** Micros that went back when the account was deleted. */
  const [gone, setGone] = useState<number>();
  const noteEnding = () => setEndings((count) => count + 1);
  if (status === 'loading') return <LoadingLine>{accountText.asking}</LoadingLine>;
  if (error) return <ErrorCard error={error} onRetry={reload} />;
  if (!account) {
    return (
      <div data-testid="account" data-status="logged-out">
        {gone !== undefined && (
          <p role="status" className="mb-4 font-medium" data-testid="account-gone">
            {accountText.ownData.gone(formatCreditAmount(gone))}
          </p>
        )}
        <p className="mb-6 max-w-prose text-muted">{accountText.intro}</p>
        <StrangerForm onSigned={reload} />
      </div>
    );
  }
  return (
    <div className="space-y-5" data-testid="account" data-status="logged-in">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p>{fill(accountText.loggedInAs, { name: <bdi className="break-all font-semibold">{account.name}</bdi> })}</p>
        <button
          type="button"
          className="button button-small"
          disabled={leaving.busy}
          onClick={() => void leaving.run(logOut).then(reload)}
        >
          {accountText.logOut}
        </button>
      </div>
      {leaving.error && <ErrorCard error={leaving.error} />}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <BalanceCard availableMicros={account.balance.available.micros} heldMicros={account.balance.held.micros} />
        <PeerSection account={account} onChange={reload} />
      </div>
      <Suspense fallback={null}>
        <EarnedSection />
      </Suspense>
      <KeySection key={`keys-${endings}`} />
      <WebhookSection />
      <JobHistory />
      <StatementList />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <LoginSection key={`logins-${endings}`} onKeysEnded={noteEnding} onLoggedOut={reload} />
        <PasswordSection
          name={account.name}
          onChanged={() => {
            noteEnding();
            reload();
          }}
        />
      </div>
      <OwnDataSection
        account={account}
        onGone={(returnedMicros) => {
          setGone(returnedMicros);
          reload();
        }}
      />
    </div>
  );
}
