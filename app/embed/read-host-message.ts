// What a page that shows the chat in a frame says to it: parsed before use. Its words are the widget's own.
import * as z from 'zod/mini';
import { COLOURS, type Hello, type Look, type ToChat, WIDGET_VERSION } from '../../packages/widget/src/words.ts';

/** As long as a question in an address may be. */
const MOST_CHARS = 16_000;

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

const toChatSchema: z.ZodMiniType<ToChat> = z.discriminatedUnion('type', [
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
