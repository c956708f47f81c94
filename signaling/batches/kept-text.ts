// Texts of callers that go into a query. Pure.
import { z } from '@hono/zod-openapi';

/** PostgreSQL's `text` takes no U+0000, and its `jsonb` no half of a surrogate pair either. */
export const canBeKept = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);

export const CANNOT_BE_KEPT = 'Has a character that cannot be kept';

/** At most so many characters. */
export const keptText = (maxChars: number) => z.string().max(maxChars).refine(canBeKept, { message: CANNOT_BE_KEPT });
