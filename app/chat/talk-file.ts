// Conversations as a file, out and in.
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import { chatText } from '../text/english/chat.ts';
import type { Turn } from './conversation.ts';
import type { KeptTalk } from './kept-talks.ts';

/** Files of this shape only: what a person brings may have been written by anybody. */
const FORMAT = 'computepool-conversations';
const MOST_TALKS = 10_000;
const MOST_TURNS = 20_000;
const MOST_CHARS = 1_000_000;
const fileSchema = z.object({
  format: z.literal(FORMAT),
  talks: z
    .array(
      z.object({
        id: z.string().check(z.minLength(1), z.maxLength(100)),
        title: z.string().check(z.maxLength(200)),
        createdAt: z.number().check(z.nonnegative()),
        updatedAt: z.number().check(z.nonnegative()),
        turns: z
          .array(z.object({ role: z.enum(['user', 'assistant']), text: z.string().check(z.maxLength(MOST_CHARS)) }))
          .check(z.maxLength(MOST_TURNS)),
      }),
    )
    .check(z.maxLength(MOST_TALKS)),
});

/** What was said, without figures of how it was answered. */
export function writeTalks(talks: readonly KeptTalk[]): string {
  const said = talks.map((talk) => ({ ...talk, turns: talk.turns.map(({ role, text }) => ({ role, text })) }));
  return `${JSON.stringify({ format: FORMAT, talks: said }, undefined, 2)}\n`;
}

/** Throws `bad-request` for a file of something else. */
export function readTalks(text: string): KeptTalk[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PoolError('bad-request', chatText.talks.noJson, { cause });
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    throw new PoolError('bad-request', chatText.talks.noTalks, { cause: parsed.error });
  }
  return parsed.data.talks.map((talk) => ({ ...talk, turns: talk.turns.map(turnOf) }));
}

const turnOf = ({ role, text }: { role: 'user' | 'assistant'; text: string }, at: number): Turn =>
  role === 'user' ? { id: at + 1, role, text } : { id: at + 1, role, text, status: 'done' };
