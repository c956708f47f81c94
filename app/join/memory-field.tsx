// How much memory the person lends; by default the device makes a careful guess.
import { useId } from 'react';
import { joinText } from '../text/english/join.ts';
import { PLEDGE_STEPS, pledgeLabel, pledgeStep } from './memory-pledge.ts';

interface Props {
  /** Bytes, or undefined for automatic. */
  value: number | undefined;
  onChange(value: number | undefined): void;
}

export function MemoryField({ value, onChange }: Props) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="label">
        {joinText.form.memory}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={PLEDGE_STEPS.length - 1}
        step={1}
        value={pledgeStep(value)}
        aria-valuetext={pledgeLabel(value)}
        onChange={(event) => onChange(PLEDGE_STEPS[Number(event.target.value)])}
        className="mt-2 block w-full max-w-md accent-accent"
      />
      <p className="text-sm">{pledgeLabel(value)}</p>
      <p className="text-muted text-sm">{joinText.form.memoryHint}</p>
    </div>
  );
}
