// Which model pages show first: one of the pools that are there.

import { type FormEvent, useId, useState } from 'react';
import type { AdminSettings } from '../../protocol/http/admin.ts';
import { type ModelRef, poolIdOf, readPoolId } from '../../protocol/ids.ts';
import { formatModel } from '../format/format-model.ts';
import { readPools } from '../state/read-pools.ts';
import { useRemote } from '../state/use-remote.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { changeSettings } from './admin-api.ts';
import { SaveRow } from './save-row.tsx';

export function ModelSection({ settings, onChanged }: { settings: AdminSettings; onChanged(): void }) {
  const text = adminText.model;
  const pools = useRemote(readPools);
  const [picked, setPicked] = useState<string>(() => poolIdOf(settings.model));
  const [saved, setSaved] = useState(false);
  const task = useTask();
  const id = useId();
  const first = [settings.configured.model, settings.model];
  const kept = (pools.value ?? []).flatMap(({ pool, isKept }): ModelRef[] => {
    const ref = isKept ? readPoolId(pool) : undefined;
    return ref && ref.slug === undefined ? [ref] : [];
  });
  const choices = new Map([...first, ...kept].map((model) => [poolIdOf(model) as string, model]));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSaved(false);
    const model = choices.get(picked);
    if (!model) return;
    const { repo, revision, dtype } = model;
    const isConfigured = picked === poolIdOf(settings.configured.model);
    const change = { model: isConfigured ? null : { repo, revision, dtype } };
    if (!(await task.run(async () => void (await changeSettings(change))))) return;
    setSaved(true);
    onChanged();
  };
  return (
    <Card title={text.title} testId="default-model">
      {pools.error && <ErrorCard error={pools.error} onRetry={pools.reload} />}
      {!pools.value && !pools.error && <LoadingLine>{text.reading}</LoadingLine>}
      <form onSubmit={submit} className="space-y-3">
        <div>
          <label htmlFor={id} className="label">
            {text.label}
          </label>
          <select
            id={id}
            className="field mt-1"
            value={picked}
            aria-describedby={`${id}-hint`}
            onChange={(event) => {
              setSaved(false);
              setPicked(event.target.value);
            }}
          >
            {[...choices].map(([pool, model]) => (
              <option key={pool} value={pool} data-words="program">
                {formatModel(model)}
              </option>
            ))}
          </select>
          <p id={`${id}-hint`} className="mt-1 text-muted text-sm">
            {text.hint}
          </p>
        </div>
        {task.error && <ErrorCard error={task.error} />}
        <SaveRow words={text} busy={task.busy} saved={saved} />
      </form>
    </Card>
  );
}
