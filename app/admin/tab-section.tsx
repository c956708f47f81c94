// Tabs that are connected, and those that are let in no more.
import { useState } from 'react';
import type { AdminTab, BannedPeer } from '../../protocol/http/admin.ts';
import { readPoolId } from '../../protocol/ids.ts';
import { formatPlural } from '../format/format-count.ts';
import { formatModel } from '../format/format-model.ts';
import { formatWhen } from '../format/format-when.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { uiText } from '../text/english/ui.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { banPeer, readBannedPeers, readTabs, unbanPeer } from './admin-api.ts';
import { AdminList } from './admin-list.tsx';
import { BanButton } from './ban-button.tsx';

export function TabSection() {
  const text = adminText.tabs;
  /** Counts bans: the other list is read anew. */
  const [bans, setBans] = useState(0);
  const note = () => setBans((count) => count + 1);
  return (
    <div className="space-y-5">
      <AdminList
        key={`tabs-${bans}`}
        title={adminText.sections.tabs}
        testId="admin-tabs"
        read={readTabs}
        keyOf={({ peer }) => peer}
        none={text.none}
        summary={({ total = 0 }) => <p className="text-muted text-sm">{text.connected(formatPlural(total, 'tab'))}</p>}
        row={(tab) => <TabRow tab={tab} onChanged={note} />}
      />
      <AdminList
        key={`bans-${bans}`}
        title={text.bannedTitle}
        testId="banned-tabs"
        read={readBannedPeers}
        keyOf={({ peer }) => peer}
        none={text.noneBanned}
        row={(banned) => <BannedRow banned={banned} onChanged={note} />}
      />
    </div>
  );
}

function TabRow({ tab, onChanged }: { tab: AdminTab; onChanged(): void }) {
  const { peer, account, pool, device } = tab;
  const text = adminText.tabs;
  const task = useTask();
  const ref = pool === null ? undefined : readPoolId(pool);
  const ban = async (reason: string) => {
    if (await task.run(() => banPeer(peer, reason))) onChanged();
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-48">
          <span data-words="program" className="block truncate font-mono text-sm" title={peer}>
            {peer}
          </span>
          <span className="break-words text-muted text-sm">
            {account ? <bdi className="font-medium">{account.name}</bdi> : text.nobodys}
            {', '}
            {ref ? text.lends(formatModel(ref)) : text.asks}
            {device && (
              <>
                {', '}
                <span data-words="program">{device}</span>
              </>
            )}
          </span>
        </span>
        <BanButton
          label={text.ban}
          subject={text.whichTab(peer.slice(0, 8))}
          warning={text.banWarning}
          disabled={task.busy}
          onBan={(reason) => void ban(reason)}
        />
      </div>
      {task.error && <ErrorCard error={task.error} />}
    </>
  );
}

function BannedRow({ banned, onChanged }: { banned: BannedPeer; onChanged(): void }) {
  const { peer, reason, at } = banned;
  const text = adminText.tabs;
  const task = useTask();
  const unban = async () => {
    if (await task.run(() => unbanPeer(peer))) onChanged();
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-48">
          <span data-words="program" className="block truncate font-mono text-sm" title={peer}>
            {peer}
          </span>
          <span className="break-words text-muted text-sm">
            {adminText.accounts.bannedSince(formatWhen(at, new Date()), reason)}
          </span>
        </span>
        <button type="button" className="button button-small" disabled={task.busy} onClick={() => void unban()}>
          {text.unban}
          <span className="sr-only">{uiText.confirm.which(text.whichTab(peer.slice(0, 8)))}</span>
        </button>
      </div>
      {task.error && <ErrorCard error={task.error} />}
    </>
  );
}
