// Which peers of this window an account does not own yet. Pure.

/** Each once, in order. `undefined` stands for a shard that has not connected. */
export function unclaimedPeers<Id extends string>(shards: readonly (Id | undefined)[], owned: readonly Id[]): Id[] {
  const known = new Set(owned);
  return [...new Set(shards)].filter((peer): peer is Id => peer !== undefined && !known.has(peer));
}
