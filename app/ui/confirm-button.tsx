// A button for what cannot be undone: the first press asks, the second does it. Escape or "Keep" goes back.
import { useState } from 'react';
import { uiText } from '../text/english/ui.ts';

interface Props {
  /** What the button says first, e.g. "Revoke". */
  label: string;
  /** What it is done to, for screen readers; empty where the label says it. */
  subject: string;
  /** What happens, one sentence. */
  warning: string;
  confirmLabel: string;
  keepLabel?: string;
  disabled?: boolean;
  onConfirm(): void;
}

export function ConfirmButton(props: Props) {
  const { label, subject, warning, confirmLabel, keepLabel = uiText.confirm.keep, disabled, onConfirm } = props;
  const which = subject === '' ? '' : uiText.confirm.which(subject);
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button type="button" className="button button-small" disabled={disabled} onClick={() => setAsking(true)}>
        {label}
        <span className="sr-only">{which}</span>
      </button>
    );
  }
  const confirm = () => {
    setAsking(false);
    onConfirm();
  };
  return (
    <fieldset
      className="flex w-full flex-wrap items-center gap-2 rounded-md border border-danger bg-danger-soft px-3 py-2 text-left font-sans text-sm"
      onKeyDown={(event) => event.key === 'Escape' && setAsking(false)}
    >
      <legend className="sr-only">
        {label}
        {which}
      </legend>
      <span role="alert" className="mr-auto whitespace-normal">
        {warning}
      </span>
      <button type="button" className="button button-small border-danger text-danger" onClick={confirm}>
        {confirmLabel}
      </button>
      {/* biome-ignore lint/a11y/noAutofocus: the button that was pressed is gone, and this one does no harm */}
      <button type="button" className="button button-small" autoFocus onClick={() => setAsking(false)}>
        {keepLabel}
      </button>
    </fieldset>
  );
}
