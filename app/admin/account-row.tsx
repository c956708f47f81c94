// One account of the owner's list: what it has, whether it is banned, and the ways to ban it, to let it in, and to help a person who
// forgot the password.
import { useState } from 'react';
import type { AdminAccount } from '../../protocol/http/admin.ts';
import { formatPlural } from '../format/format-count.ts';
import { formatCreditAmount } from '../format/format-credits.ts';
import { formatDay, formatWhen } from '../format/format-when.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { uiText } from '../text/english/ui.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { banAccount, makeResetLink, unbanAccount } from './admin-api.ts';
import { BanButton } from './ban-button.tsx';
import { ShownOnce } from './shown-once.tsx';

export function AccountRow({ account, onChanged }: { account: AdminAccount; onChanged(): void }) {
  const { id, name, ban } = account;
  const text = adminText.accounts;
  const [link, setLink] = useState<string>();
  const task = useTask();
  const now = new Date();
  const change = async (work: () => Promise<void>) => {
    if (await task.run(work)) onChanged();
  };
  const makeLink = () =>
    task.run(async () => setLink(`${window.location.origin}/account#reset=${(await makeResetLink(id)).token}`));
  return (
    <div data-banned={ban !== null}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-48">
          <bdi className="block break-all font-medium">{name}</bdi>
          <span className="text-muted text-sm">
            {text.facts(
              formatCreditAmount(account.availableMicros + account.heldMicros),
              formatPlural(account.peers, 'tab'),
              formatDay(account.createdAt),
            )}
          </span>
          {ban && (
            <span className="mt-1 block break-words text-danger text-sm">
              {text.bannedSince(formatWhen(ban.at, now), ban.reason)}
            </span>
          )}
        </span>
        <ConfirmButton
          label={text.reset}
          subject={text.whichAccount(name)}
          warning={text.resetWarning}
          confirmLabel={text.resetConfirm}
          disabled={task.busy}
          onConfirm={() => void makeLink()}
        />
        {ban ? (
          <button
            type="button"
            className="button button-small"
            disabled={task.busy}
            onClick={() => void change(() => unbanAccount(id))}
          >
            {text.unban}
            <span className="sr-only">{uiText.confirm.which(text.whichAccount(name))}</span>
          </button>
        ) : (
          <BanButton
            label={text.ban}
            subject={text.whichAccount(name)}
            warning={text.banWarning}
            disabled={task.busy}
            onBan={(reason) => void change(() => banAccount(id, reason))}
          />
        )}
      </div>
      {link !== undefined && (
        <ShownOnce
          title={text.resetCopy}
          secret={link}
          what="link"
          doneLabel={text.resetDone}
          testId="reset-link"
          onDone={() => setLink(undefined)}
        />
      )}
      {task.error && (
        <div className="mt-3">
          <ErrorCard error={task.error} />
        </div>
      )}
    </div>
  );
}
