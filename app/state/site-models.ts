// The list of the site's own models, `index.json` beside them. Parsed before use; a strange entry is left out.
import * as z from 'zod/mini';
import { dtypeSchema, repoSchema } from '../../protocol/ids.ts';
import { stateText } from '../text/english/state.ts';
import { perLanguage } from '../text/per-language.ts';

const text = z.string().check(z.maxLength(1000));

const siteModelSchema = z.object({
  repo: repoSchema,
  dtypes: z.array(dtypeSchema).check(z.minLength(1), z.maxLength(20)),
  title: text,
  description: z.optional(text),
  /** How many parameters, as a number or as people write it ("15M"). */
  parameters: z.optional(z.union([z.number(), text])),
  /** Set on draft models: the repository that they draft for. */
  draftFor: z.optional(z.nullable(text)),
});
export type SiteModel = z.infer<typeof siteModelSchema>;

const MAX_MODELS = 100;

/** Models that fit the schema, in the file's order, drafts last. Anything else gives an empty list, never an error. */
export function parseSiteModels(value: unknown): SiteModel[] {
  const list = (value as { models?: unknown } | null)?.models;
  if (!Array.isArray(list)) return [];
  const models = list.slice(0, MAX_MODELS).flatMap((entry) => {
    const result = siteModelSchema.safeParse(entry);
    return result.success ? [result.data] : [];
  });
  return models.sort((a, b) => Number(Boolean(a.draftFor)) - Number(Boolean(b.draftFor)));
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
