// The list of the site's own models, `index.json` beside them. Parsed before use; a strange entry is left out.
import { type Dtype, isDtype, isRepo } from '../../protocol/pool-id.ts';
import { stateText } from '../text/english/state.ts';
import { perLanguage } from '../text/per-language.ts';

export interface SiteModel {
  repo: string;
  dtypes: Dtype[];
  title: string;
  description?: string | undefined;
  /** How many parameters, as a number or as people write it ("15M"). */
  parameters?: number | string | undefined;
  /** Set on draft models: the repository that they draft for. */
  draftFor?: string | null | undefined;
}

const MAX_TEXT_CHARS = 1000;
const MAX_DTYPES = 20;
const MAX_MODELS = 100;

/** Models that fit the schema, in the file's order, drafts last. Anything else gives an empty list, never an error. */
export function parseSiteModels(value: unknown): SiteModel[] {
  const list = (value as { models?: unknown } | null)?.models;
  if (!Array.isArray(list)) return [];
  const models = list.slice(0, MAX_MODELS).flatMap((entry) => {
    const model = readModel(entry);
    return model ? [model] : [];
  });
  return models.sort((a, b) => Number(Boolean(a.draftFor)) - Number(Boolean(b.draftFor)));
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT_CHARS;
const isTextOrNone = (value: unknown): value is string | undefined => value === undefined || isText(value);

function readModel(entry: unknown): SiteModel | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { repo, dtypes, title, description, parameters, draftFor } = entry as Partial<Record<keyof SiteModel, unknown>>;
  if (!isRepo(repo) || !isText(title) || !isTextOrNone(description)) return undefined;
  if (!Array.isArray(dtypes) || dtypes.length === 0 || dtypes.length > MAX_DTYPES || !dtypes.every(isDtype)) return;
  if (typeof parameters !== 'number' && !isTextOrNone(parameters)) return undefined;
  if (draftFor !== null && !isTextOrNone(draftFor)) return undefined;
  const told = { description, parameters, draftFor };
  // What is not told is not there.
  return {
    repo,
    dtypes,
    title,
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
  };
}

const compact = perLanguage(
  (tag) =>
    // British millions are "15.3m"; the field writes "15.3M".
    new Intl.NumberFormat(tag === 'en-GB' ? 'en-US' : tag, { notation: 'compact', maximumFractionDigits: 1 }),
);

/** `15300000` -> `15.3M parameters`; '' where unknown. */
export function formatParameters(parameters: SiteModel['parameters']): string {
  if (parameters === undefined || parameters === '') return '';
  return stateText.parameters(typeof parameters === 'number' ? compact().format(parameters) : parameters);
}
