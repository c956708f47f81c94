// Which model to serve: this site's default, one of the site's own, or any decoder on the hub in the ONNX layout.
import { type ReactNode, useState } from 'react';
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { Dtype, ModelRef } from '../../protocol/ids.ts';
import { formatRepoName } from '../format/format-model.ts';
import { resolveModel } from '../state/resolve-model.ts';
import { formatParameters, type SiteModel } from '../state/site-models.ts';
import { ownModelsText } from '../text/english/own-models.ts';
import { uiText } from '../text/english/ui.ts';
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
  /** What it is for and how large, as far as that is known. */
  facts: string[];
  /** In the person's language, for models that come with this program. */
  told?: string | undefined;
  /** As whoever runs the site describes any other. */
  description?: string | undefined;
}

/** The default first, then the site's models, each once. */
function listChoices(config: SiteConfig, offered: readonly SiteModel[]): Choice[] {
  const known = offered.map((model) => ({
    repo: model.repo,
    title: model.title,
    facts: [
      ...(model.draftFor ? [uiText.model.draftFor(model.draftFor)] : []),
      ...[formatParameters(model.parameters)].filter(Boolean),
    ],
    told: ownModelsText.about[model.repo],
    description: model.description,
  }));
  const own = known.find((choice) => choice.repo === config.model.repo);
  const { repo } = config.model;
  const first = own ?? { repo, title: formatRepoName(repo), facts: [], description: repo };
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
      <legend className="label">{uiText.model.legend}</legend>
      <div className="mt-2 space-y-1">
        {choices.map((choice, index) => (
          <Option key={choice.repo} checked={!other && value.repo === choice.repo} onPick={() => pick(choice.repo)}>
            <bdi className="font-medium">{choice.title}</bdi>
            {index === 0 && (
              <span className="ml-2 inline-block whitespace-nowrap rounded-sm bg-accent-soft px-1.5 text-sm">
                {uiText.model.siteDefault}
              </span>
            )}
            <About choice={choice} />
          </Option>
        ))}
        <Option checked={other} onPick={() => setOther(true)}>
          <span className="font-medium">{uiText.model.other}</span>
          <span className="block text-muted text-sm">{uiText.model.otherHint}</span>
        </Option>
      </div>
      {other && <HubFields value={value} onChange={onChange} />}
      <DtypeSelect dtypes={dtypes} value={value.dtype} onChange={(dtype) => onChange({ ...value, dtype })} />
    </fieldset>
  );
}

function About({ choice: { facts, told, description } }: { choice: Choice }) {
  const said = told ?? (description && <bdi>{description}</bdi>);
  if (facts.length === 0 && !said) return null;
  return (
    <span className="block break-words text-muted text-sm" data-testid="model-about">
      {facts.join(' · ')}
      {facts.length > 0 && said && ' · '}
      {said}
    </span>
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
      <span className="label">{uiText.model.dtype}</span>
      <select
        className="field w-auto"
        data-words="program"
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
