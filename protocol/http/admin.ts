// Bodies and answers of `/api/admin`: what the server's owner reads and changes. Nobody else is told that any of it is there.
import * as z from 'zod/mini';
import { jobIdSchema, modelRefSchema, peerIdSchema } from '../ids.ts';
import { MAX_CODE_CHARS } from './invite.ts';
import { REGISTRATIONS } from './registration.ts';
import { count, MAX_ROWS, micros, moment, noted, shape, text } from './shape.ts';

/** A million credits, at once: nobody means more. */
const MAX_WELCOME_MICROS = 1_000_000_000_000;
export const MAX_REASON_CHARS = 200;
export const MAX_NOTE_CHARS = 64;
export const MAX_INVITE_USES = 1000;
export const MAX_INVITE_DAYS = 365;

export const adminTokenSchema = shape('AdminToken', z.object({ token: z.string().check(z.maxLength(200)) }));

const termsFields = {
  /** Given once to who joins, in millionths of a credit. */
  welcomeMicros: count,
  welcomesPerAddressPerDay: count,
  /** What pages show first, and what its repository alone names. */
  model: modelRefSchema,
};

export const adminSettingsSchema = shape(
  'AdminSettings',
  z.object({
    registration: z.enum(REGISTRATIONS),
    ...termsFields,
    /** As the command line has them: what counts where the owner has said nothing. */
    configured: z.object(termsFields),
    database: z.enum(['pglite', 'postgres']),
  }),
);
export type AdminSettings = z.infer<typeof adminSettingsSchema>;

/** Null goes back to what the command line says; what is missing stays as it is. */
export const adminSettingsChangeSchema = shape(
  'AdminSettingsChange',
  z.strictObject({
    registration: z.optional(z.enum(REGISTRATIONS)),
    welcomeMicros: z.optional(z.nullable(z.number().check(z.int(), z.gte(0), z.lte(MAX_WELCOME_MICROS)))),
    welcomesPerAddressPerDay: z.optional(z.nullable(z.number().check(z.int(), z.gte(0), z.lte(1_000_000)))),
    model: z.optional(z.nullable(modelRefSchema)),
  }),
);
export type AdminSettingsChange = z.infer<typeof adminSettingsChangeSchema>;

const next = noted(z.nullable(z.string().check(z.maxLength(100))), {
  description: 'For `after`, to read on; null at the end.',
});

const banFields = { reason: text, at: moment };

export const banSchema = shape(
  'Ban',
  z.object({
    reason: noted(z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_REASON_CHARS)), {
      description: 'Told to whoever is banned.',
    }),
  }),
);

const adminAccountSchema = z.object({
  id: text,
  name: text,
  createdAt: moment,
  availableMicros: micros,
  heldMicros: micros,
  peers: count,
  ban: z.nullable(z.object(banFields)),
});
export type AdminAccount = z.infer<typeof adminAccountSchema>;

/** By name. */
export const adminAccountsSchema = shape(
  'AdminAccounts',
  z.object({ accounts: z.array(adminAccountSchema).check(z.maxLength(MAX_ROWS)), next }),
);

export const resetLinkSchema = shape(
  'ResetLink',
  z.object({
    token: noted(z.string().check(z.maxLength(200)), { description: 'Shown this once; for `/account#reset=…`.' }),
    expiresAt: moment,
  }),
);
export type ResetLink = z.infer<typeof resetLinkSchema>;

const whoFields = {
  /** Null: nobody's, or one that is gone. */
  account: z.nullable(z.object({ id: text, name: text })),
};

const adminTabSchema = z.object({
  peer: peerIdSchema,
  ...whoFields,
  /** Null: it lends nothing. */
  pool: z.nullable(text),
  device: z.nullable(text),
});
export type AdminTab = z.infer<typeof adminTabSchema>;

/** Those that are connected now, by id. */
export const adminTabsSchema = shape(
  'AdminTabs',
  z.object({ tabs: z.array(adminTabSchema).check(z.maxLength(MAX_ROWS)), total: count, next }),
);

const bannedPeerSchema = z.object({ peer: peerIdSchema, ...banFields });
export type BannedPeer = z.infer<typeof bannedPeerSchema>;

/** The last that were banned first. */
export const bannedPeersSchema = shape(
  'BannedPeers',
  z.object({ peers: z.array(bannedPeerSchema).check(z.maxLength(MAX_ROWS)), next }),
);

const adminJobSchema = z.object({
  id: jobIdSchema,
  pool: text,
  source: z.enum(['http', 'tab', 'batch']),
  state: z.enum(['waiting', 'running', 'settling', 'done', 'failed']),
  ...whoFields,
  promptTokens: count,
  completionTokens: count,
  chargedMicros: micros,
  errorCode: z.nullable(text),
  createdAt: moment,
});
export type AdminJob = z.infer<typeof adminJobSchema>;

/** Newest first. */
export const adminJobsSchema = shape(
  'AdminJobs',
  z.object({ jobs: z.array(adminJobSchema).check(z.maxLength(MAX_ROWS)), next }),
);

const inviteFields = {
  id: text,
  note: text,
  /** The first characters of the code, to tell codes apart. */
  prefix: text,
  uses: count,
  used: count,
  createdAt: moment,
  expiresAt: moment,
};
const inviteSchema = z.object(inviteFields);
export type Invite = z.infer<typeof inviteSchema>;

/** The last made first; those that have ended are not there. */
export const invitesSchema = shape(
  'Invites',
  z.object({ invites: z.array(inviteSchema).check(z.maxLength(MAX_ROWS)) }),
);

export const inviteTermsSchema = shape(
  'InviteTerms',
  z.object({
    note: z._default(z.string().check(z.maxLength(MAX_NOTE_CHARS)), ''),
    uses: noted(z._default(z.number().check(z.int(), z.gte(1), z.lte(MAX_INVITE_USES)), 1), {
      description: 'Accounts that it opens.',
    }),
    days: z._default(z.number().check(z.int(), z.gte(1), z.lte(MAX_INVITE_DAYS)), 7),
  }),
);
export type InviteTerms = z.infer<typeof inviteTermsSchema>;

export const newInviteSchema = shape(
  'NewInvite',
  z.object({
    ...inviteFields,
    code: noted(z.string().check(z.maxLength(MAX_CODE_CHARS)), { description: 'Shown this once.' }),
  }),
);
export type NewInvite = z.infer<typeof newInviteSchema>;

/** What the owner can do: each is written down. */
export const ADMIN_ACTS = [
  ...['log-in', 'log-out', 'change-settings', 'make-invite', 'end-invite', 'ban-account', 'unban-account'],
  ...['make-reset-link', 'ban-peer', 'unban-peer', 'end-job', 'load-pool', 'unload-pool', 'remove-pool', 'back-up'],
] as const satisfies readonly string[];

const actSchema = z.object({
  id: text,
  at: moment,
  act: z.string().check(z.maxLength(40)),
  /** An id: names are not kept here, so that a deleted account leaves none. */
  subject: z.nullable(z.string().check(z.maxLength(400))),
  /** The name of the account that it is about, if that is still there. */
  name: z.nullable(text),
  detail: z.nullable(text),
});
export type AdminAct = z.infer<typeof actSchema>;

/** Newest first. */
export const adminActsSchema = shape(
  'AdminActs',
  z.object({ acts: z.array(actSchema).check(z.maxLength(MAX_ROWS)), next }),
);

/** Fields of its addresses. */
export const adminIdPathSchema = z.object({ id: z.string().check(z.maxLength(100)) });

export const adminPageQuerySchema = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(200)), 50),
  /** The `next` of the page before. */
  after: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
});

export const adminSearchQuerySchema = z.extend(adminPageQuerySchema, {
  /** Part of a name. */
  q: z.optional(z.string().check(z.maxLength(64))),
});
