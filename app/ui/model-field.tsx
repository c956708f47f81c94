// Which model to serve: this site's default, one of the site's own, or any decoder on the hub in the ONNX layout.
'use client';
import { type ReactNode, useState } from 'react';
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { Dtype, ModelRef } from '../../protocol/ids.ts';
import { formatRepoName } from '../format/format-model.ts';
import { resolveModel } from '../state/resolve-model.ts';
import { formatParameters, type SiteModel } from '../state/site-models.ts';
import { HubFields } from './hub-fields.tsx';

interface Props {
  config: SiteConfig;
  models: readonly SiteModel[];
  value: ModelRef;
  onChange(model: ModelRef): void;
  /** Draft models are no newcomer's choice: else only one that the address names is offered. */
  withDrafts?: boolean;
}

interface Choice {
  repo: string;
  title: string;
  about: string;
}

/** The default first, then the site's models, each once. */
function listChoices(config: SiteConfig, offered: readonly SiteModel[]): Choice[] {
  const known = offered.map((model) => ({
    repo: model.repo,
    title: model.title,
    about: [model.draftFor && `draft for ${model.draftFor}`, formatParameters(model.parameters), model.description]
      .filter(Boolean)
      .join(' · '),
  }));
  const own = known.find((choice) => choice.repo === config.model.repo);
  const first = own ?? { repo: config.model.repo, title: formatRepoName(config.model.repo), about: config.model.repo };
  return [first, ...known.filter((choice) => choice !== own)];
}

export function ModelField({ config, models, value, onChange, withDrafts = false }: Props) {
  const [first] = useState(value.repo);
  const offered = models.filter(({ draftFor, repo }) => withDrafts || !draftFor || repo === first);
  const choices = listChoices(config, offered);
  const [other, setOther] = useState(!choices.some((choice) => choice.repo === value.repo));
  const known = models.find((model) => model.repo === value.repo);
  const dtypes = !other && known ? known.dtypes : config.dtypes;
  const pick = (repo: string) => {
    setOther(false);
    onChange(resolveModel({ repo }, config.model, models));
  };
  return (
    <fieldset>
      <legend className="label">Model</legend>
      <div className="mt-2 space-y-1">
        {choices.map((choice, index) => (
          <Option key={choice.repo} checked={!other && value.repo === choice.repo} onPick={() => pick(choice.repo)}>
            <span className="font-medium">{choice.title}</span>
            {index === 0 && (
              <span className="ml-2 inline-block whitespace-nowrap rounded-sm bg-accent-soft px-1.5 text-sm">
                this site’s default
              </span>
            )}
            {choice.about && <span className="block break-words text-muted text-sm">{choice.about}</span>}
          </Option>
        ))}
        <Option checked={other} onPick={() => setOther(true)}>
          <span className="font-medium">Another model from the hub</span>
          <span className="block text-muted text-sm">
            Any decoder in the layout of the onnx-community repositories.
          </span>
        </Option>
      </div>
      {other && <HubFields value={value} onChange={onChange} />}
      <DtypeSelect dtypes={dtypes} value={value.dtype} onChange={(dtype) => onChange({ ...value, dtype })} />
    </fieldset>
  );
}

function Option({ checked, onPick, children }: { checked: boolean; onPick(): void; children: ReactNode }) {
  return (
    <label className="flex min-h-11 items-baseline gap-3 rounded border border-transparent px-2 py-2 has-checked:border-accent has-checked:bg-accent-soft/50">
      <input
        type="radio"
        name="model"
        checked={checked}
        onChange={onPick}
        className="size-4 shrink-0 translate-y-0.5 accent-accent"
      />
      <span className="min-w-0">{children}</span>
    </label>
  );
}

function DtypeSelect(props: { dtypes: readonly Dtype[]; value: Dtype; onChange(dtype: Dtype): void }) {
  // An address may ask for a format that the list does not have; it stays selectable.
  const dtypes = props.dtypes.includes(props.value) ? props.dtypes : [props.value, ...props.dtypes];
  return (
    <label className="mt-4 flex flex-wrap items-center gap-3">
      <span className="label">Weight format</span>
      <select
        className="field w-auto"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value as Dtype)}
      >
        {dtypes.map((dtype) => (
          <option key={dtype}>{dtype}</option>
        ))}
      </select>
    </label>
  );
}
