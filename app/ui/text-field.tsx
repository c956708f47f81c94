// A labelled line of text with its hint or problem below.
import { type HTMLInputAutoCompleteAttribute, type ReactNode, useId } from 'react';

interface Props {
  label: string;
  value: string;
  onText(text: string): void;
  type?: 'text' | 'password' | 'number';
  hint?: ReactNode;
  /** Replaces the hint; undefined while there is none or it is not time to say it. */
  problem?: string;
  autoComplete?: HTMLInputAutoCompleteAttribute;
  placeholder?: string;
  mono?: boolean;
  maxLength?: number;
}

export function TextField(props: Props) {
  const { label, value, onText, type = 'text', hint, problem, autoComplete = 'off', placeholder, mono } = props;
  const id = useId();
  const note = problem ?? hint;
  return (
    <div>
      <label htmlFor={id} className="label">
        {label}
      </label>
      <input
        id={id}
        type={type}
        className={`field mt-1 ${mono ? 'font-mono' : ''}`}
        value={value}
        onChange={(event) => onText(event.target.value)}
        autoComplete={autoComplete}
        autoCapitalize="off"
        spellCheck={false}
        placeholder={placeholder}
        maxLength={props.maxLength}
        aria-invalid={Boolean(problem)}
        aria-describedby={note ? `${id}-note` : undefined}
      />
      {note && (
        <p id={`${id}-note`} className={`mt-1 text-sm ${problem ? 'text-danger' : 'text-muted'}`}>
          {note}
        </p>
      )}
    </div>
  );
}
