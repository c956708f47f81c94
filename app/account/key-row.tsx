// One API key of the list: its first characters, when it was last used, and the way to end it.

import type { ApiKey } from '../../protocol/http/account.ts';
import { formatWhen } from '../format/format-when.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';

interface Props {
  apiKey: ApiKey;
  busy: boolean;
  onRevoke(): void;
}

export function KeyRow({ apiKey, busy, onRevoke }: Props) {
  const { label, prefix, createdAt, lastUsedAt } = apiKey;
  const now = new Date();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="api-key">
      <span className="min-w-0 flex-1 basis-48">
        <span className="block break-words font-medium">{label}</span>
        <span className="text-muted text-sm">
          <span className="font-mono">{prefix}…</span>, made {formatWhen(createdAt, now)}
          {lastUsedAt ? `, last used ${formatWhen(lastUsedAt, now)}` : ', never used'}
        </span>
      </span>
      <ConfirmButton
        label="Revoke"
        subject={`the key ${label}`}
        warning={`Programs that use “${label}” stop working at once.`}
        confirmLabel="Revoke it"
        disabled={busy}
        onConfirm={onRevoke}
      />
    </li>
  );
}
