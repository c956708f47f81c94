// One login of the list: which browser, since when, when it was last seen, and the way to end it.
import type { LoginEntry } from '../../protocol/http/account.ts';
import { formatWhen } from '../format/format-when.ts';
import { accountText } from '../text/english/account.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';

interface Props {
  login: LoginEntry;
  /** Whether its keys end with it. */
  keysToo: boolean;
  busy: boolean;
  onEnd(): void;
}

export function LoginRow({ login, keysToo, busy, onEnd }: Props) {
  const { createdAt, lastSeenAt, isThis } = login;
  const now = new Date();
  const text = accountText.logins;
  const device = nameDevice(login.device);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="login" data-this={isThis}>
      <span className="min-w-0 flex-1 basis-40">
        <span className="block font-medium">{device}</span>
        <span className="text-muted text-sm">
          {text.times(formatWhen(createdAt, now), formatWhen(lastSeenAt, now))}
        </span>
      </span>
      {isThis ? (
        <span className="text-muted text-sm">{text.thisBrowser}</span>
      ) : (
        <ConfirmButton
          label={text.end}
          subject={text.which(device)}
          warning={keysToo ? text.endKeysWarning : text.endWarning}
          confirmLabel={text.endConfirm}
          disabled={busy}
          onConfirm={onEnd}
        />
      )}
    </li>
  );
}

/** As the server names it: `Firefox on Linux`, one of the two alone, or neither. */
function nameDevice(device: string): string {
  const text = accountText.logins;
  if (device === 'Unknown device') return text.unknownDevice;
  const [browser, system] = device.split(' on ');
  if (browser === undefined || system === undefined) return device;
  return text.device(browser === 'A browser' ? text.someBrowser : browser, system);
}
