// Bodies and answers of `/api/account`: who it is, its keys, the peers that earn for it.
import * as z from 'zod/mini';
import { peerIdSchema } from '../ids.ts';
import { MAX_CODE_CHARS } from './invite.ts';
import { MAX_ROWS, moment, noted, shape, text } from './shape.ts';

/** Credentials as far as they are read; what a name or a password may be is said in `credentials.ts`. */
export const credentialsSchema = shape(
  'Credentials',
  z.object({ name: z.string().check(z.maxLength(200)), password: z.string().check(z.maxLength(1000)) }),
);
export type Credentials = z.infer<typeof credentialsSchema>;

/** What opens an account: credentials, and a code where the server's owner asks for one. */
export const registrationBodySchema = shape(
  'NewAccount',
  z.extend(credentialsSchema, {
    invite: noted(z.optional(z.string().check(z.maxLength(MAX_CODE_CHARS))), {
      description: 'Where `registration` of `/api/config` is `invite`.',
    }),
  }),
);
export type NewAccount = z.infer<typeof registrationBodySchema>;

const password = () => z.string().check(z.maxLength(1000));

export const passwordSchema = shape('Password', z.object({ password: password() }));

const keysToo = () =>
  noted(z.optional(z.boolean()), { description: 'Also revoke every API key of the account. Default: false.' });

export const passwordChangeSchema = shape(
  'PasswordChange',
  z.object({ oldPassword: password(), newPassword: password(), keysToo: keysToo() }),
);
export type PasswordChange = z.infer<typeof passwordChangeSchema>;

/** An amount, twice: for people, and to compute with. */
export const amountFields = {
  credits: noted(z.string().check(z.maxLength(40)), { description: 'Decimal.' }),
  micros: noted(z.number().check(z.int()), { description: 'Millionths of a credit.' }),
};
const amount = z.object(amountFields);

const peers = z.array(peerIdSchema).check(z.maxLength(MAX_ROWS));

export const accountSchema = shape(
  'Account',
  z.object({ id: text, name: text, createdAt: moment, balance: z.object({ available: amount, held: amount }), peers }),
);
export type AccountInfo = z.infer<typeof accountSchema>;

export const doneSchema = shape('Done', z.object({ ok: z.literal(true) }));

const loginSchema = shape(
  'Login',
  z.object({
    id: text,
    device: noted(z.string().check(z.maxLength(100)), { description: 'A few words, e.g. "Firefox on Linux".' }),
    createdAt: moment,
    lastSeenAt: moment,
    isThis: noted(z.boolean(), { description: 'The one that asks.' }),
  }),
);
export type LoginEntry = z.infer<typeof loginSchema>;

export const loginsSchema = shape('Logins', z.object({ logins: z.array(loginSchema).check(z.maxLength(MAX_ROWS)) }));

const keyFields = {
  id: text,
  label: text,
  /** The first characters of the key, to tell keys apart. */
  prefix: text,
  createdAt: moment,
  /** Null until it is used. */
  lastUsedAt: z.nullable(moment),
};
const keySchema = shape('ApiKey', z.object(keyFields));
export type ApiKey = z.infer<typeof keySchema>;

export const keysSchema = shape('ApiKeys', z.object({ keys: z.array(keySchema).check(z.maxLength(MAX_ROWS)) }));

export const keyLabelSchema = shape(
  'ApiKeyLabel',
  z.object({ label: z._default(z.string().check(z.maxLength(200)), '') }),
);

export const newKeySchema = shape(
  'NewApiKey',
  z.object({ ...keyFields, key: noted(z.string().check(z.maxLength(500)), { description: 'Shown this once.' }) }),
);
export type NewKey = z.infer<typeof newKeySchema>;

/** A peer's proof that it earns for an account: its signature over the text of `protocol/claim.ts`. */
export const claimSchema = shape(
  'Claim',
  z.object({
    host: noted(z.string().check(z.minLength(1), z.maxLength(300)), { description: 'Of the server that it is for.' }),
    publicKey: z.string().check(z.maxLength(200)),
    signature: z.string().check(z.maxLength(200)),
  }),
);
export type Claim = z.infer<typeof claimSchema>;

/** All peers of the account. */
export const peersSchema = shape('Peers', z.object({ peers }));

export const webhookSecretSchema = shape('WebhookSecret', z.object({ secret: text }));

/** A new password for whoever holds a link that the server's owner made. */
export const passwordResetSchema = shape(
  'PasswordReset',
  z.object({ token: z.string().check(z.maxLength(200)), newPassword: password(), keysToo: keysToo() }),
);
export type PasswordReset = z.infer<typeof passwordResetSchema>;

export const removedAccountSchema = shape(
  'RemovedAccount',
  z.object({ returned: noted(z.object(amountFields), { description: 'Credits that went back to the issuer.' }) }),
);
