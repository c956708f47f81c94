// One login of the list: which browser, since when, when it was last seen, and the way to end it.
import type { LoginEntry } from '../../protocol/http/account.ts';
import { formatWhen } from '../format/format-when.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';

interface Props {
  login: LoginEntry;
  /** Whether its keys end with it. */
  keysToo: boolean;
  busy: boolean;
  onEnd(): void;
}

export function LoginRow({ login, keysToo, busy, onEnd }: Props) {
  const { device, createdAt, lastSeenAt, isThis } = login;
  const now = new Date();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="login" data-this={isThis}>
      <span className="min-w-0 flex-1 basis-40">
        <span className="block font-medium">{device}</span>
        <span className="text-muted text-sm">
          logged in {formatWhen(createdAt, now)}, seen {formatWhen(lastSeenAt, now)}
        </span>
      </span>
      {isThis ? (
        <span className="text-muted text-sm">this browser</span>
      ) : (
        <ConfirmButton
          label="End"
          subject={`the login of ${device}`}
          warning={
            keysToo
              ? 'It is logged out at once, and keys that were made in it stop working.'
              : 'It is logged out at once.'
          }
          confirmLabel="End it"
          disabled={busy}
          onConfirm={onEnd}
        />
      )}
    </li>
  );
}
