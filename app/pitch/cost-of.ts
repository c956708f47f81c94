// What a million tokens cost whoever lends, in electricity, and whoever asks a cloud. Pure arithmetic over assumptions that a person
// may change: none of them was measured here.

export interface CostAssumptions {
  /** What lending adds to a device's own draw. */
  wattsPerTab: number;
  tabs: number;
  /** All answers of the ring together. */
  tokensPerSecond: number;
  /** Money per kWh, in the currency of the cloud's price. */
  perKwh: number;
  /** A cloud's price for a million tokens of such a model. */
  cloudPerMillion: number;
}

/** Nobody has measured this network on GPUs yet. */
export const FIRST_GUESS: CostAssumptions = {
  ...{ wattsPerTab: 60, tabs: 3, tokensPerSecond: 60, perKwh: 0.3, cloudPerMillion: 0.15 },
};

/** Money for a million tokens; undefined where nothing comes. */
export function electricityPerMillion({ wattsPerTab, tabs, tokensPerSecond, perKwh }: CostAssumptions) {
  if (!(tokensPerSecond > 0)) return undefined;
  const hours = 1_000_000 / tokensPerSecond / 3600;
  return ((wattsPerTab * tabs) / 1000) * hours * perKwh;
}
