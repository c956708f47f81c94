// What a page that shows the chat in a frame says to it: parsed before use. Its words are the widget's own.
import * as z from 'zod/mini';
import {
  COLOURS,
  type Hello,
  type Look,
  type ToChat,
  type WalletInfo,
  WIDGET_VERSION,
} from '../../packages/widget/src/words.ts';

/** As long as a question in an address may be. */
const MOST_CHARS = 16_000;
const MOST_WORDS = 500;
const MOST_WALLETS = 20;
/** A picture of a wallet, within the text. */
const MOST_ICON_CHARS = 100_000;

const colour = z.optional(z.string().check(z.maxLength(100)));
const lookSchema: z.ZodMiniType<Look> = z.object({
  theme: z.catch(z.optional(z.enum(['light', 'dark', 'system'])), undefined),
  lang: z.optional(z.string().check(z.maxLength(40))),
  colours: z.optional(z.object(Object.fromEntries(COLOURS.map((name) => [name, colour])))),
});

const helloSchema: z.ZodMiniType<Hello> = z.object({
  computePool: z.literal('hello'),
  version: z.literal(WIDGET_VERSION),
  look: lookSchema,
});

const id = z.number().check(z.int(), z.gte(0));
const words = z.string().check(z.maxLength(MOST_WORDS));
const answeredSchema = z.union([
  z.object({
    ...{ type: z.literal('wallet-answered'), id },
    error: z.object({ code: z.number(), message: words }),
  }),
  z.object({ type: z.literal('wallet-answered'), id, result: z.unknown() }),
]);

const toChatSchema: z.ZodMiniType<ToChat> = z.union([
  answeredSchema,
  z.object({
    type: z.literal('ask'),
    ask: z.number().check(z.int(), z.gte(0)),
    text: z.string().check(z.maxLength(MOST_CHARS)),
  }),
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('look'), look: lookSchema }),
]);

/** Undefined for anything else: pages say many things to each other. */
export const readHello = (data: unknown): Hello | undefined => helloSchema.safeParse(data).data;

export const readToChat = (data: unknown): ToChat | undefined => toChatSchema.safeParse(data).data;

const walletsSchema: z.ZodMiniType<WalletInfo[]> = z
  .array(
    z.object({
      ...{ rdns: z.string().check(z.minLength(1), z.maxLength(100)), name: z.string().check(z.maxLength(60)) },
      icon: z.catch(z.optional(z.string().check(z.startsWith('data:image/'), z.maxLength(MOST_ICON_CHARS))), undefined),
    }),
  )
  .check(z.maxLength(MOST_WALLETS));

/** What a page says its wallets are. */
export const readWallets = (data: unknown): WalletInfo[] | undefined => walletsSchema.safeParse(data).data;
