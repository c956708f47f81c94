// Which pages of other sites may show a pool's chat in a frame, and what its owner gives their visitors. For schemas and for
// whoever asks whether a page is among them.
import * as z from 'zod/mini';
import { MICROS_PER_CREDIT } from './credits.ts';
import { ORIGIN_PATTERN } from './names.ts';

/** Most pages that one pool lists: they are all in a header. */
export const MAX_EMBED_ORIGINS = 20;
/** A million credits. */
const MAX_SPONSOR_MICROS = 1_000_000 * MICROS_PER_CREDIT;

/** `https://app.example`, as the browser itself names the origin of a page. */
export const originSchema = z
  .string()
  .check(z.refine((text) => isOrigin(text), 'must be an origin such as https://app.example'));

const isOrigin = (text: string): boolean =>
  ORIGIN_PATTERN.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** `*`: any page. An empty list: none. */
export const embedOriginsSchema = z.union([
  z.literal('*'),
  z.array(originSchema).check(z.maxLength(MAX_EMBED_ORIGINS)),
]);
export type EmbedOrigins = z.infer<typeof embedOriginsSchema>;

const budget = z.number().check(z.int(), z.gte(1), z.lte(MAX_SPONSOR_MICROS));

/** What the owner's account pays for answers in such frames, in millionths of a credit. */
export const sponsorSchema = z.strictObject({
  /** One visitor’s, which is a network address (IPv6: a /64), for one day of UTC. */
  visitorMicros: budget,
  /** All visitors’ together on that day. */
  dayMicros: budget,
});
export type Sponsor = z.infer<typeof sponsorSchema>;

export const mayEmbed = (origins: EmbedOrigins | undefined, origin: string): boolean =>
  origins === '*' || (origins?.includes(origin) ?? false);
