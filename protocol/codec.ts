// How hidden states may travel between stages: what a driver allows in OPEN, and what a server is started with. Pure.
import * as z from 'zod/mini';
import { CODEC_POLICIES, type CODECS } from './names.ts';

export type Codec = (typeof CODECS)[number];

export const codecPolicySchema = z.enum(CODEC_POLICIES);
export type CodecPolicy = z.infer<typeof codecPolicySchema>;

/** Every policy allows `exact`. */
export const allowsCodec = (policy: CodecPolicy, codec: Codec): boolean =>
  codec === 'exact' || policy === 'auto' || policy === codec;
