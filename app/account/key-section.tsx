// API keys: a new one is shown once, the others by their first characters.
import { type FormEvent, useState } from 'react';
import type { NewKey } from '../../protocol/http/account.ts';
import { MAX_LABEL_CHARS } from '../../protocol/http/credentials.ts';
import { createKey, readKeys, revokeKey } from '../state/account-api.ts';
import { useProvenTask } from '../state/use-proven-task.ts';
import { useRemote } from '../state/use-remote.ts';
import { accountText } from '../text/english/account.ts';
import { fill } from '../text/fill.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TaskNotice } from '../ui/task-notice.tsx';
import { TextField } from '../ui/text-field.tsx';
import { KeyRow } from './key-row.tsx';
import { NewKeyCard } from './new-key-card.tsx';

export function KeySection() {
  const text = accountText.keys;
  const keys = useRemote(readKeys);
  const [label, setLabel] = useState('');
  const [made, setMade] = useState<NewKey>();
  const task = useProvenTask();

  const create = async (event: FormEvent) => {
    event.preventDefault();
    const name = label.trim() || text.unnamed;
    const done = await task.run(async () => setMade(await createKey(name)));
    if (!done) return;
    setLabel('');
    keys.reload();
  };
  const revoke = async (id: string) => {
    const done = await task.run(() => revokeKey(id));
    keys.reload();
    if (done && made?.id === id) setMade(undefined);
  };
  return (
    <Card title={text.title} testId="api-keys">
      <p className="max-w-prose text-muted text-sm">
        {fill(text.intro, { path: <code className="font-mono">/v1</code> })}
      </p>
      <form onSubmit={create} className="mt-4 flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-56">
          <TextField
            label={text.label}
            value={label}
            onText={setLabel}
            maxLength={MAX_LABEL_CHARS}
            placeholder={text.example}
          />
        </div>
        <button type="submit" className="button button-primary" disabled={task.busy} data-testid="create-key">
          {text.make}
        </button>
      </form>
      {made && <NewKeyCard made={made} onDone={() => setMade(undefined)} />}
      <TaskNotice task={task} className="mt-4" />
      <div className="mt-4">
        {keys.error && <ErrorCard error={keys.error} onRetry={keys.reload} />}
        {!keys.value && !keys.error && <LoadingLine>{text.reading}</LoadingLine>}
        {keys.value?.length === 0 && !made && <p className="text-muted">{text.none}</p>}
        <ul className="divide-y divide-line">
          {keys.value?.map((key) => (
            <KeyRow key={key.id} apiKey={key} busy={task.busy} onRevoke={() => void revoke(key.id)} />
          ))}
        </ul>
      </div>
    </Card>
  );
}
