// Which pages of other sites may show a pool's chat, and what its owner gives their visitors.
import { type FormEvent, useEffect, useId, useState } from 'react';
import type { PoolLive } from '../../protocol/http/pool-state.ts';
import { useProvenTask } from '../state/use-proven-task.ts';
import { poolsText } from '../text/english/pools.ts';
import { Card } from '../ui/card.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { TaskNotice } from '../ui/task-notice.tsx';
import { TextField } from '../ui/text-field.tsx';
import { readOrigins, readSponsor, writeBudget, writeOrigins, writeTag } from './embed-form.ts';
import { changePool } from './pool-api.ts';

interface Props {
  pool: PoolLive;
  onChange(): void;
}

export function PoolEmbed({ pool, onChange }: Props) {
  const [origins, setOrigins] = useState(writeOrigins(pool.embedOrigins));
  const [visitor, setVisitor] = useState(writeBudget(pool.sponsor?.visitorMicros));
  const [day, setDay] = useState(writeBudget(pool.sponsor?.dayMicros));
  const [site, setSite] = useState('');
  useEffect(() => setSite(location.origin), []);
  const id = useId();
  const task = useProvenTask();
  const listed = readOrigins(origins);
  const given = readSponsor(visitor, day);
  const text = poolsText.embed;
  const isWrong = 'problem' in listed || 'problem' in given;

  const save = (event: FormEvent) => {
    event.preventDefault();
    if ('problem' in listed || 'problem' in given) return;
    const change = { embedOrigins: listed.value, sponsor: given.value };
    void task.run(() => changePool(pool.pool, change)).then((done) => done && onChange());
  };
  return (
    <Card title={text.title} testId="pool-embed">
      <form onSubmit={save} className="space-y-5">
        <div>
          <label htmlFor={id} className="label">
            {text.origins}
          </label>
          <textarea
            id={id}
            className="field field-sizing-content mt-1 min-h-12 font-mono"
            rows={1}
            value={origins}
            onChange={(event) => setOrigins(event.target.value)}
            autoCapitalize="off"
            spellCheck={false}
            aria-invalid={'problem' in listed}
            aria-describedby={`${id}-note`}
          />
          <p id={`${id}-note`} className={`mt-1 text-sm ${'problem' in listed ? 'text-danger' : 'text-muted'}`}>
            {'problem' in listed ? listed.problem : text.originsHint}
          </p>
        </div>
        <fieldset>
          <legend className="label">{text.sponsor}</legend>
          <p className="mt-1 max-w-prose text-muted text-sm">{text.sponsorHint}</p>
          <div className="mt-2 grid gap-4 sm:grid-cols-2">
            <TextField label={text.visitor} value={visitor} onText={setVisitor} mono placeholder={text.nothing} />
            <TextField
              label={text.day}
              value={day}
              onText={setDay}
              mono
              placeholder={text.nothing}
              {...('problem' in given ? { problem: given.problem } : {})}
            />
          </div>
        </fieldset>
        <button type="submit" className="button" disabled={task.busy || isWrong}>
          {text.save}
        </button>
      </form>
      <TaskNotice task={task} className="mt-4" />
      {pool.embedOrigins.length > 0 && site && (
        <div className="mt-5">
          <p className="label">{text.tag}</p>
          <div className="mt-1 flex flex-wrap items-center gap-2">
            <pre className="min-w-0 flex-1 basis-64 overflow-x-auto rounded border border-line bg-panel px-3 py-2 text-sm">
              <code>{writeTag(site, pool.pool)}</code>
            </pre>
            <CopyButton text={writeTag(site, pool.pool)} what="code" />
          </div>
        </div>
      )}
    </Card>
  );
}
