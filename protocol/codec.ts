// How hidden states may travel between stages: what a driver allows in OPEN, and what a server is started with. Pure.
import * as z from 'zod/mini';

/** `exact`: the model's own activation type. `f16`: half precision. `int8`: a scale per row and a byte per element. */
export const CODECS = ['exact', 'f16', 'int8'] as const;
export type Codec = (typeof CODECS)[number];

/** `auto`: each stage picks by the link that it sends over. Every policy allows `exact` as well. */
export const codecPolicySchema = z.enum([...CODECS, 'auto']);
export type CodecPolicy = z.infer<typeof codecPolicySchema>;

export const allowsCodec = (policy: CodecPolicy, codec: Codec): boolean =>
  codec === 'exact' || policy === 'auto' || policy === codec;
