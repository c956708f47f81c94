// How repositories, revisions and weight formats may be named: for schemas, and for whoever checks a name before it loads any.
// Loads nothing.

/** `owner/name` on the hub: neither part may be missing or begin with a dot, so that a path can never escape its folder. */
export const REPO_PATTERN = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;

/** A branch, tag or commit of a repository. */
export const REVISION_PATTERN = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** What tells pools of one model apart: small letters, digits and hyphens, at most 40. */
export const SLUG_PATTERN = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/**
 * An origin as browsers write it, and as a source in a Content-Security-Policy: no path, no wildcard, no IPv6 (CSP 3 has no
 * grammar for it), and nothing that would end the directive that it is written into.
 */
export const ORIGIN_PATTERN = /^https?:\/\/[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?(?::[1-9]\d{0,4})?$/;

/** Weight formats, named as transformers.js names them. */
export const DTYPES = ['fp32', 'fp16', 'q4', 'q4f16', 'q8', 'int8', 'uint8', 'bnb4'] as const;

/** Ways to pack hidden states. `exact`: the model's own activation type. `f16`: half precision. `int8`: a scale per row and a byte per element. */
export const CODECS = ['exact', 'f16', 'int8'] as const;

/** What a driver or a server allows. `auto`: each stage picks by the link that it sends over. */
export const CODEC_POLICIES = [...CODECS, 'auto'] as const;

/** Chains that market pools can be paid on; what each is like, `chains.ts` says. */
export const CHAIN_KEYS = ['local', 'base', 'base-sepolia', '0g-galileo'] as const;
