// Makes a pool: which model, how many tabs, who may take part. The server reads the model's facts itself.
import { type FormEvent, useState } from 'react';
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { isRepo, isRevision, type ModelRef, modelOf } from '../../protocol/pool-id.ts';
import type { SiteModel } from '../state/site-models.ts';
import { useTask } from '../state/use-task.ts';
import { poolsText } from '../text/english/pools.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { ModelField } from '../ui/model-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { createPool } from './pool-api.ts';
import { readSlug, readStages } from './pool-form.ts';

interface Props {
  config: SiteConfig;
  models: readonly SiteModel[];
  onCreated(pool: PoolInfo): void;
}

export function PoolCreateForm({ config, models, onCreated }: Props) {
  const [model, setModel] = useState<ModelRef>(config.model);
  const [stages, setStages] = useState('');
  const [slug, setSlug] = useState('');
  const [recruit, setRecruit] = useState(true);
  const task = useTask();
  const count = readStages(stages);
  const name = readSlug(slug);
  const complete = isRepo(model.repo) && isRevision(model.revision) && !count.problem && !name.problem;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!complete) return;
    const entry = { ...modelOf(model), recruit, stages: count.value, slug: name.value };
    void task.run(async () => onCreated(await createPool(entry)));
  };
  const text = poolsText.form;
  return (
    <form onSubmit={submit} className="space-y-5" data-testid="pool-form">
      <ModelField withDrafts config={config} models={models} value={model} onChange={setModel} />
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          label={text.stages}
          value={stages}
          onText={setStages}
          mono
          placeholder={text.automatic}
          hint={text.stagesHint}
          problem={count.problem}
        />
        <TextField
          label={text.slug}
          value={slug}
          onText={setSlug}
          mono
          placeholder={text.noSlug}
          hint={text.slugHint}
          problem={name.problem}
        />
        <label className="flex items-start gap-3">
          <input
            type="checkbox"
            className="mt-1 size-4 shrink-0 accent-accent"
            checked={recruit}
            onChange={(event) => setRecruit(event.target.checked)}
          />
          <span>
            <span className="font-medium">{text.recruit}</span>
            <span className="block text-muted text-sm">{text.recruitHint}</span>
          </span>
        </label>
      </div>
      {task.error && <ErrorCard error={task.error} />}
      {task.busy && <LoadingLine>{text.reading}</LoadingLine>}
      <button type="submit" className="button button-primary" disabled={!complete || task.busy}>
        {text.submit}
      </button>
    </form>
  );
}
