// How tokens are picked; every field may stay empty, then the model's own defaults hold.
import { useState } from 'react';
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';
import { chatText } from '../text/english/chat.ts';
import type { SamplingProps } from './sampling-fields.tsx';
import { SAMPLING_FIELDS } from './sampling-form.ts';

const fields = new LazyPart(() => import('./sampling-fields.tsx').then(({ SamplingFields }) => SamplingFields));

export function SamplingSettings({ form, onChange, instructions, onInstructions }: SamplingProps) {
  const [wasOpened, setOpened] = useState(false);
  const Fields = useLazyPart(fields, wasOpened);
  const { settings: words } = chatText;
  const set = SAMPLING_FIELDS.filter((field) => form[field] !== '');
  return (
    <details className="mt-2 text-sm" onToggle={() => setOpened(true)}>
      <summary className="w-fit py-1.5 text-muted">
        {words.name}
        {instructions !== '' && words.withInstructions}
        {set.length > 0 && `: ${set.map((field) => `${words[field].label} ${form[field]}`).join(', ')}`}
      </summary>
      {Fields && <Fields form={form} onChange={onChange} instructions={instructions} onInstructions={onInstructions} />}
    </details>
  );
}
