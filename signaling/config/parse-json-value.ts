// Configured values that are JSON, checked by schemas. Pure.
import * as z from 'zod/mini';
import type { Price } from '../../protocol/credits.ts';
import { priceSchema } from '../../protocol/http/pool.ts';
import { repoSchema } from '../../protocol/ids.ts';
import type { IceServerConfig } from './config-types.ts';
import { Misfit } from './parse-value.ts';

const iceUrl = z.string().check(z.regex(/^(stuns?|turns?):\S+$/), z.maxLength(500));

const iceServersSchema = z
  .array(
    z.object({
      urls: z.union([iceUrl, z.array(iceUrl).check(z.minLength(1), z.maxLength(10))]),
      username: z.optional(z.string()),
      credential: z.optional(z.string()),
    }),
  )
  .check(z.maxLength(20));

export const parseIceServers = (text: string): IceServerConfig[] =>
  fromJson(text, iceServersSchema, 'a JSON list of {urls, username?, credential?} with urls such as stun:host:3478');

const pricesSchema = z.record(repoSchema, priceSchema);

export const parsePrices = (text: string): Record<string, Price> =>
  fromJson(text, pricesSchema, 'JSON such as {"owner/name": {"promptMicros": 1, "completionMicros": 2}}');

function fromJson<T>(
  text: string,
  schema: { safeParse(value: unknown): { success: boolean; data?: T } },
  expected: string,
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Misfit(expected);
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new Misfit(expected);
  return result.data as T;
}
