// What lending brings: to the account that is logged in, if the person agrees that its tabs are claimed, else to the peer.
import { useEffect, useRef } from 'react';
import type { AccountInfo } from '../../protocol/http/account.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { PageLink } from '../route/page-link.tsx';
import { claimThisBrowser } from '../state/claim-this-browser.ts';
import { useAccount } from '../state/use-account.ts';
import { useProvenTask } from '../state/use-proven-task.ts';
import type { Task } from '../state/use-task.ts';
import { joinText } from '../text/english/join.ts';
import { fill } from '../text/fill.ts';
import { TaskNotice } from '../ui/task-notice.tsx';
import { EarnedFigure, PeerEarned } from './earned-figure.tsx';
import { EarnedSince } from './earned-since.tsx';
import { unclaimedPeers } from './unclaimed-peers.ts';
import { useEarningConsent } from './use-earning-consent.ts';
import { useBalanceSeen, useReadAgain } from './window-earned.ts';

/** Balances move when jobs settle. */
const EVERY_MS = 10_000;

interface Props {
  peers: readonly PeerId[];
  /** False for a window that lends, or is asked to, to a market pool: its peers have no credits to tell of. */
  inCredits: boolean;
}

export function Earnings({ peers, inCredits }: Props) {
  const { account, reload, status } = useAccount(EVERY_MS);
  useReadAgain(reload);
  if (status === 'loading' || status === 'failed' || (!account && !inCredits)) return null;
  return (
    <aside className="panel max-w-3xl p-4 sm:px-6" aria-label={joinText.earnings.label} data-testid="earnings">
      <EarnedSince />
      {account ? (
        <AccountEarnings account={account} peers={peers} onClaimed={reload} />
      ) : (
        <GuestEarnings peers={peers} />
      )}
    </aside>
  );
}

function GuestEarnings({ peers }: { peers: readonly PeerId[] }) {
  return (
    <>
      {peers.map((peer) => (
        <PeerEarned key={peer} peer={peer} everyMs={EVERY_MS} />
      ))}
      <p className="text-muted text-sm">
        {fill(joinText.earnings.guest, {
          logIn: (
            <PageLink href="/account" target="_blank" className="link">
              {joinText.earnings.logIn}
            </PageLink>
          ),
        })}
      </p>
    </>
  );
}

interface AccountProps {
  account: AccountInfo;
  peers: readonly PeerId[];
  onClaimed(): void;
}

function AccountEarnings({ account, peers, onClaimed }: AccountProps) {
  const [agreed, agree] = useEarningConsent();
  const task = useProvenTask();
  const { available, held } = account.balance;
  // What a claim brings along was earned before: with it the balance counts as another one.
  useBalanceSeen(`${account.id} ${account.peers.length}`, available.micros + held.micros);
  const name = <bdi>{account.name}</bdi>;
  useClaim({ account, peers: agreed ? peers : [], task, onClaimed });
  return (
    <>
      <EarnedFigure label={fill(joinText.earnings.ofAccount, { name })} micros={available.micros} />
      <label className="mt-2 flex items-start gap-3">
        <input
          type="checkbox"
          className="mt-1 size-4 shrink-0 accent-accent"
          checked={agreed}
          onChange={(event) => agree(event.target.checked)}
          data-testid="earning-consent"
        />
        <span>
          <span className="font-medium">{fill(joinText.earnings.earnFor, { name })}</span>
          <span className="block text-muted text-sm">{joinText.earnings.earnForHint}</span>
        </span>
      </label>
      <TaskNotice task={task} className="mt-3" />
    </>
  );
}

/** Claims peers that are not the account's yet, each set once: a refusal is shown, not repeated. */
function useClaim({ account, peers, task, onClaimed }: AccountProps & { task: Task }): void {
  const tried = useRef('');
  const missing = unclaimedPeers(peers, account.peers).join(' ');
  const { run } = task;
  useEffect(() => {
    if (missing === '' || tried.current === missing) return;
    tried.current = missing;
    void run(async () => {
      await claimThisBrowser(account.id);
    }).then((done) => done && onClaimed());
  }, [missing, account.id, run, onClaimed]);
}
