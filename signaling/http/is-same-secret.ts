// Whether two secrets are the same, in a time that tells nothing of how far they agree. Keeps neither.
import { createHash, timingSafeEqual } from 'node:crypto';

/** Hashed first: it takes the same time wherever they differ, and whatever their lengths. */
export const isSameSecret = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
