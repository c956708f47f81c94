// What computes: chosen by the device, or by the person.
import type { BackendChoice } from './join-query.ts';

interface Props {
  value: BackendChoice;
  onChange(value: BackendChoice): void;
}

const CHOICES: readonly { value: BackendChoice; name: string; hint: string }[] = [
  { value: 'auto', name: 'Automatic', hint: 'WebGPU where there is one, else WASM' },
  { value: 'webgpu', name: 'WebGPU', hint: 'the GPU' },
  { value: 'wasm', name: 'WASM', hint: 'the CPU' },
];

export function BackendField({ value, onChange }: Props) {
  return (
    <fieldset>
      <legend className="label">Backend</legend>
      <div className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
        {CHOICES.map((choice) => (
          <label key={choice.value} className="flex min-h-9 items-center gap-2">
            <input
              type="radio"
              name="backend"
              value={choice.value}
              checked={value === choice.value}
              onChange={() => onChange(choice.value)}
              className="size-4 accent-accent"
            />
            <span>
              {choice.name} <span className="text-muted text-sm">{choice.hint}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
