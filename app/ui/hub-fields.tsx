// Names a model of the hub by hand.
import { useId } from 'react';
import type { ModelRef } from '../../protocol/ids.ts';
import { isRepo, isRevision } from '../../protocol/pool-id.ts';
import { uiText } from '../text/english/ui.ts';

interface Props {
  value: ModelRef;
  onChange(model: ModelRef): void;
}

export function HubFields({ value, onChange }: Props) {
  const id = useId();
  return (
    <div className="mt-3 grid gap-4 sm:grid-cols-[2fr_1fr]">
      <div>
        <label htmlFor={`${id}-repo`} className="label">
          {uiText.model.repo}
        </label>
        <input
          id={`${id}-repo`}
          className="field mt-1 font-mono"
          value={value.repo}
          onChange={(event) => onChange({ ...value, repo: event.target.value.trim() })}
          placeholder="owner/name"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={!isRepo(value.repo)}
          aria-describedby={`${id}-hint`}
        />
      </div>
      <div>
        <label htmlFor={`${id}-revision`} className="label">
          {uiText.model.revision}
        </label>
        <input
          id={`${id}-revision`}
          className="field mt-1 font-mono"
          value={value.revision}
          onChange={(event) => onChange({ ...value, revision: event.target.value.trim() })}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={!isRevision(value.revision)}
        />
      </div>
      <p id={`${id}-hint`} className="text-muted text-sm sm:col-span-2">
        {isRepo(value.repo) ? uiText.model.repoHint : uiText.model.repoMalformed}
      </p>
    </div>
  );
}
