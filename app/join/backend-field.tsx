// What computes: chosen by the device, or by the person.
import { joinText } from '../text/english/join.ts';
import type { BackendChoice } from './join-query.ts';

interface Props {
  value: BackendChoice;
  onChange(value: BackendChoice): void;
}

const CHOICES: readonly BackendChoice[] = ['auto', 'webgpu', 'wasm'];

export function BackendField({ value, onChange }: Props) {
  return (
    <fieldset>
      <legend className="label">{joinText.form.backend}</legend>
      <div className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
        {CHOICES.map((choice) => (
          <label key={choice} className="flex min-h-9 items-center gap-2">
            <input
              type="radio"
              name="backend"
              value={choice}
              checked={value === choice}
              onChange={() => onChange(choice)}
              className="size-4 accent-accent"
            />
            <span>
              {joinText.form.backends[choice].name}{' '}
              <span className="text-muted text-sm">{joinText.form.backends[choice].hint}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
