// A labelled box to tick, with a hint below.
import { useId } from 'react';

interface Props {
  label: string;
  hint: string;
  checked: boolean;
  disabled?: boolean;
  onCheck(checked: boolean): void;
}

export function CheckField({ label, hint, checked, disabled, onCheck }: Props) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <input
        id={id}
        type="checkbox"
        className="mt-1 size-4 shrink-0 accent-accent"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onCheck(event.target.checked)}
        aria-describedby={`${id}-hint`}
      />
      <div>
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <p id={`${id}-hint`} className="text-muted text-sm">
          {hint}
        </p>
      </div>
    </div>
  );
}
