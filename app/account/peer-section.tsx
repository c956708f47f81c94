// The browsers that earn for an account: claim this one, let another go.
import { useState } from 'react';
import type { AccountInfo } from '../../protocol/http/account.ts';
import { releasePeer } from '../state/account-api.ts';
import { claimThisBrowser } from '../state/claim-this-browser.ts';
import { useProvenTask } from '../state/use-proven-task.ts';
import { accountText } from '../text/english/account.ts';
import { Card } from '../ui/card.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TaskNotice } from '../ui/task-notice.tsx';

interface Props {
  account: AccountInfo;
  onChange(): void;
}

export function PeerSection({ account, onChange }: Props) {
  const text = accountText.peers;
  const task = useProvenTask();
  const [claimed, setClaimed] = useState<number>();
  const claim = () => task.run(async () => setClaimed(await claimThisBrowser(account.id))).then(onChange);
  const release = (peer: AccountInfo['peers'][number]) => void task.run(() => releasePeer(peer)).then(onChange);
  return (
    <Card title={text.title} testId="peers">
      <p className="max-w-prose text-muted text-sm">{text.intro}</p>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <button type="button" className="button" disabled={task.busy} onClick={claim} data-testid="claim-peers">
          {text.claim}
        </button>
        <span role="status" className="text-sm">
          {claimed === 0 && text.nothingToClaim}
          {claimed !== undefined && claimed > 0 && text.claimed(claimed)}
        </span>
      </div>
      {task.busy && !task.asking && <LoadingLine>{text.claiming}</LoadingLine>}
      <TaskNotice task={task} className="mt-4" />
      <ul className="mt-3 divide-y divide-line">
        {account.peers.map((peer) => (
          <li key={peer} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <span data-words="program" className="min-w-0 flex-1 basis-40 truncate font-mono text-sm" title={peer}>
              {peer}
            </span>
            <ConfirmButton
              label={text.letGo}
              subject={text.which(peer.slice(0, 8))}
              warning={text.letGoWarning}
              confirmLabel={text.letGoConfirm}
              disabled={task.busy}
              onConfirm={() => release(peer)}
            />
          </li>
        ))}
      </ul>
      {account.peers.length === 0 && <p className="mt-3 text-muted">{text.none}</p>}
    </Card>
  );
}
