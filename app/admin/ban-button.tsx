// A button that bans: the first press asks for the reason, which is told to whoever is banned; the second does it.
import { type FormEvent, useId, useState } from 'react';
import { MAX_REASON_CHARS } from '../../protocol/http/admin.ts';
import { adminText } from '../text/english/admin.ts';
import { uiText } from '../text/english/ui.ts';
import { TextField } from '../ui/text-field.tsx';

interface Props {
  label: string;
  /** What it is done to, for screen readers. */
  subject: string;
  /** What happens, one sentence. */
  warning: string;
  disabled?: boolean;
  onBan(reason: string): void;
}

export function BanButton({ label, subject, warning, disabled, onBan }: Props) {
  const text = adminText.ban;
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const id = useId();
  const which = uiText.confirm.which(subject);
  if (!asking) {
    return (
      <button type="button" className="button button-small" disabled={disabled} onClick={() => setAsking(true)}>
        {label}
        <span className="sr-only">{which}</span>
      </button>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (reason.trim() === '') return;
    setAsking(false);
    onBan(reason.trim());
  };
  return (
    <form
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && setAsking(false)}
      aria-labelledby={id}
      className="w-full rounded-md border border-danger bg-danger-soft p-3 text-sm"
      data-testid="ban-form"
      noValidate
    >
      <p id={id}>
        <span className="sr-only">{`${label}${which}. `}</span>
        {warning}
      </p>
      <div className="mt-2 flex flex-wrap items-end gap-2">
        <div className="min-w-0 flex-1 basis-56">
          <TextField
            label={text.reason}
            value={reason}
            onText={setReason}
            maxLength={MAX_REASON_CHARS}
            placeholder={text.example}
            problem={tried && reason.trim() === '' ? text.missing : undefined}
          />
        </div>
        <button type="submit" className="button button-small border-danger text-danger">
          {text.confirm}
        </button>
        <button type="button" className="button button-small" onClick={() => setAsking(false)}>
          {uiText.confirm.keep}
        </button>
      </div>
    </form>
  );
}
