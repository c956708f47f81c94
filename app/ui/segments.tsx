// One choice of a few, side by side: radio buttons that look like a switch. The arrow keys move between them.
import { type ReactNode, useId } from 'react';

export interface Segment<T extends string> {
  value: T;
  name: ReactNode;
}

interface Props<T extends string> {
  /** Read by screen readers as the question that is answered. */
  legend: string;
  segments: readonly Segment<T>[];
  value: T;
  disabled?: boolean;
  /** Two columns of equal width, for names that would not fit a row. */
  inColumns?: boolean;
  testId?: string;
  onPick(value: T): void;
}

export function Segments<T extends string>({ legend, segments, value, disabled, inColumns, testId, onPick }: Props<T>) {
  const name = useId();
  const layout = inColumns ? 'grid grid-cols-2' : 'inline-flex flex-wrap';
  return (
    <fieldset className="min-w-0" data-testid={testId} data-value={value}>
      <legend className="sr-only">{legend}</legend>
      <div className={`${layout} max-w-full gap-1 rounded border border-line bg-panel p-1`}>
        {segments.map((segment) => (
          <label
            key={segment.value}
            className="relative flex min-h-9 cursor-pointer items-center justify-center rounded-[3px] text-center leading-tight px-3 font-medium text-sm hover:text-accent has-checked:bg-accent has-checked:text-on-accent has-focus-visible:outline-3 has-focus-visible:outline-accent has-focus-visible:outline-offset-2 has-disabled:cursor-not-allowed has-disabled:opacity-55"
          >
            <input
              type="radio"
              name={name}
              value={segment.value}
              checked={value === segment.value}
              disabled={disabled}
              onChange={() => onPick(segment.value)}
              className="absolute inset-0 cursor-[inherit] appearance-none opacity-0"
            />
            {segment.name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
