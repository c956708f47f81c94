// The settings of a chat, opened: what the model is told first, and how tokens are picked.
import { useId } from 'react';
import { chatText } from '../text/english/chat.ts';
import { readSampling, SAMPLING_FIELDS, type SamplingField, type SamplingForm } from './sampling-form.ts';

export interface SamplingProps {
  form: SamplingForm;
  onChange(form: SamplingForm): void;
  /** What the model is told before everything that is said. */
  instructions: string;
  onInstructions(text: string): void;
}

const MOST_INSTRUCTION_CHARS = 16_000;

export function SamplingFields({ form, onChange, instructions, onInstructions }: SamplingProps) {
  const id = useId();
  const { settings: words } = chatText;
  return (
    <div className="panel mt-1 grid grid-cols-2 gap-4 p-4 sm:grid-cols-5">
      <div className="col-span-full">
        <label htmlFor={id} className="label">
          {words.instructions}
        </label>
        <textarea
          id={id}
          data-testid="instructions"
          className="field field-sizing-content mt-1 max-h-40"
          dir="auto"
          rows={1}
          maxLength={MOST_INSTRUCTION_CHARS}
          value={instructions}
          onChange={(event) => onInstructions(event.target.value)}
          placeholder={words.none}
          aria-describedby={`${id}-hint`}
        />
        <p id={`${id}-hint`} className="mt-1 text-muted">
          {words.told}
        </p>
      </div>
      {SAMPLING_FIELDS.map((field) => (
        <Field key={field} field={field} text={form[field]} onText={(text) => onChange({ ...form, [field]: text })} />
      ))}
      <p className="col-span-full text-muted">{words.empty}</p>
    </div>
  );
}

function Field({ field, text, onText }: { field: SamplingField; text: string; onText(text: string): void }) {
  const id = useId();
  const { label, hint } = chatText.settings[field];
  const { problem } = readSampling(field, text);
  return (
    <div>
      <label htmlFor={id} className="label">
        {label}
      </label>
      <input
        id={id}
        inputMode="decimal"
        className="field mt-1 font-mono"
        value={text}
        onChange={(event) => onText(event.target.value)}
        placeholder={chatText.settings.default}
        autoComplete="off"
        aria-invalid={Boolean(problem)}
        aria-describedby={`${id}-hint`}
      />
      <p id={`${id}-hint`} className={`mt-1 ${problem ? 'text-danger' : 'text-muted'}`}>
        {problem ?? hint}
      </p>
    </div>
  );
}
