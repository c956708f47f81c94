// The browsers that earn for an account: claim this one, let another go.
'use client';
import { useState } from 'react';
import type { AccountInfo } from '../../protocol/http/account.ts';
import { formatPlural } from '../format/format-count.ts';
import { releasePeer } from '../state/account-api.ts';
import { claimThisBrowser } from '../state/claim-this-browser.ts';
import { useProvenTask } from '../state/use-proven-task.ts';
import { Card } from '../ui/card.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TaskNotice } from '../ui/task-notice.tsx';

interface Props {
  account: AccountInfo;
  onChange(): void;
}

export function PeerSection({ account, onChange }: Props) {
  const task = useProvenTask();
  const [claimed, setClaimed] = useState<number>();
  const claim = () => task.run(async () => setClaimed(await claimThisBrowser(account.id))).then(onChange);
  const release = (peer: AccountInfo['peers'][number]) => void task.run(() => releasePeer(peer)).then(onChange);
  return (
    <Card title="Browsers that earn for you" testId="peers">
      <p className="max-w-prose text-muted text-sm">
        Every tab that lends a GPU is a peer with a key of its own. Claiming signs with these keys; what the peers
        earned before comes along, and from then on they earn for this account.
      </p>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <button type="button" className="button" disabled={task.busy} onClick={claim} data-testid="claim-peers">
          Claim this browser
        </button>
        <span role="status" className="text-sm">
          {claimed === 0 && 'This browser has not lent or asked yet, so it has no peers to claim.'}
          {claimed !== undefined &&
            claimed > 0 &&
            `Earning for you now: ${formatPlural(claimed, 'peer')} of this browser.`}
        </span>
      </div>
      {task.busy && !task.asking && <LoadingLine>Signing and telling the server.</LoadingLine>}
      <TaskNotice task={task} className="mt-4" />
      <ul className="mt-3 divide-y divide-line">
        {account.peers.map((peer) => (
          <li key={peer} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <span className="min-w-0 flex-1 basis-40 truncate font-mono text-sm" title={peer}>
              {peer}
            </span>
            <ConfirmButton
              label="Let go"
              subject={`peer ${peer.slice(0, 8)}`}
              warning="It will earn for itself again. What it earned stays here."
              confirmLabel="Let it go"
              disabled={task.busy}
              onConfirm={() => release(peer)}
            />
          </li>
        ))}
      </ul>
      {account.peers.length === 0 && <p className="mt-3 text-muted">No peer is claimed yet.</p>}
    </Card>
  );
}
