// What the server tells a page before anything else, at `GET /api/config`.
import * as z from 'zod/mini';
import { dtypeSchema, modelRefSchema } from '../ids.ts';
import { REGISTRATIONS } from './registration.ts';
import { noted, shape, text } from './shape.ts';

export const siteConfigSchema = shape(
  'SiteConfig',
  z.object({
    /** The pool that a page shows first. */
    model: modelRefSchema,
    hubUrl: noted(z.string().check(z.maxLength(500)), {
      description:
        'Where repositories in the layout of onnx-community are fetched from; a path is relative to the site.',
    }),
    siteModelsUrl: noted(z.string().check(z.maxLength(500)), { description: 'Where the site’s own models are.' }),
    dtypes: z.array(dtypeSchema),
    stunUrls: noted(z.optional(z.array(text).check(z.maxLength(20))), {
      description: 'Helpers (STUN) by which a page can look whether other networks may reach it, before it lends.',
    }),
    registration: noted(z.optional(z.enum(REGISTRATIONS)), {
      description: 'Who may open an account: anybody (also where nothing is said), who has an invite code, or nobody.',
    }),
    version: text,
  }),
);
export type SiteConfig = z.infer<typeof siteConfigSchema>;
