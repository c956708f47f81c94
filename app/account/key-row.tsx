// One API key of the list: its first characters, when it was last used, and the way to end it.

import type { ApiKey } from '../../protocol/http/account.ts';
import { formatWhen } from '../format/format-when.ts';
import { accountText } from '../text/english/account.ts';
import { fill } from '../text/fill.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';

interface Props {
  apiKey: ApiKey;
  busy: boolean;
  onRevoke(): void;
}

export function KeyRow({ apiKey, busy, onRevoke }: Props) {
  const { label, prefix, createdAt, lastUsedAt } = apiKey;
  const now = new Date();
  const text = accountText.keys;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="api-key">
      <span className="min-w-0 flex-1 basis-48">
        <bdi className="block break-words font-medium">{label}</bdi>
        <span className="text-muted text-sm">
          {fill(lastUsedAt ? text.madeAndUsed : text.madeNeverUsed, {
            prefix: (
              <span data-words="program" className="font-mono">
                {prefix}…
              </span>
            ),
            made: formatWhen(createdAt, now),
            used: lastUsedAt && formatWhen(lastUsedAt, now),
          })}
        </span>
      </span>
      <ConfirmButton
        label={text.revoke}
        subject={text.which(label)}
        warning={text.revokeWarning(label)}
        confirmLabel={text.revokeConfirm}
        disabled={busy}
        onConfirm={onRevoke}
      />
    </li>
  );
}
