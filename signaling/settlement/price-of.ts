// What tokens of a model cost, and the most that an order can cost. Pure.

import type { Price } from '../../protocol/credits.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type ModelManifest, stageBytes } from '../../protocol/manifest.ts';

export interface PriceRule {
  /** Bytes of weights that are read for one micro: a credit reads a million times as much. */
  bytesPerMicro: number;
  /** What a prompt token costs of a completion token's price. */
  promptShare: number;
}

/**
 * A decode step reads every weight once, whatever the device: bytes are what a token costs to make. A credit reads 4 TB,
 * that is 4,000 tokens of a model of 1 GB. Prefill reads the weights once for a whole chunk and is bound by arithmetic:
 * a quarter is what hosted models commonly charge for it.
 */
export const PRICE_RULE: PriceRule = { bytesPerMicro: 4_000_000, promptShare: 0.25 };

/**
 * `completionMicros = ceil(weight bytes / bytesPerMicro)`, `promptMicros = ceil(completionMicros * promptShare)`, each at
 * least 1. `override` is what the operator set for the model. The mode does not change a price: the same cells are computed.
 */
export function priceOf(manifest: ModelManifest, override?: Price, rule: PriceRule = PRICE_RULE): Price {
  if (override) return override;
  const completionMicros = Math.max(1, Math.ceil(stageBytes(manifest, 0, manifest.layers) / rule.bytesPerMicro));
  return { promptMicros: Math.max(1, Math.ceil(completionMicros * rule.promptShare)), completionMicros };
}

/**
 * Micros to hold: each choice computes its own prompt and at most `maxTokens` more. A position costs one price or the
 * other, so that this is never exceeded. Throws `bad-request` beyond what an amount can be.
 */
export function maxCost(order: { promptTokens: number; maxTokens: number; choices: number; price: Price }): number {
  const { promptTokens, maxTokens, choices, price } = order;
  const micros = choices * (promptTokens * price.promptMicros + maxTokens * price.completionMicros);
  if (Number.isSafeInteger(micros) && micros >= 0) return micros;
  throw new PoolError('bad-request', 'This order costs more than an amount can be.');
}
