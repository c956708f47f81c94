// Shapes of one layer's keys or values, and the byte moves that resize them. Pure.

/** `[1, kvHeads, positions, headDim]`, elements of `elementBytes`. */
export interface KvShape {
  kvHeads: number;
  headDim: number;
  elementBytes: 2 | 4;
}

/** One contiguous move within such a tensor, in bytes. */
export interface KvMove {
  from: number;
  to: number;
  length: number;
}

export const kvTensorBytes = (shape: KvShape, positions: number): number =>
  shape.kvHeads * positions * shape.headDim * shape.elementBytes;

/**
 * Moves that carry the first `kept` positions of a tensor with room for `fromPositions` into one with room for
 * `toPositions`: one per head, because positions are the inner axis of a head.
 */
export function kvMoves(shape: KvShape, kept: number, fromPositions: number, toPositions: number): KvMove[] {
  const row = shape.headDim * shape.elementBytes;
  return Array.from({ length: shape.kvHeads }, (_, head) => ({
    from: head * fromPositions * row,
    to: head * toPositions * row,
    length: kept * row,
  }));
}

/** Capacity for `needed` positions: doubles from 256 so that growing costs little, capped by the context. */
export function kvCapacity(needed: number, maxContext: number): number {
  let capacity = 256;
  while (capacity < needed) capacity *= 2;
  return Math.min(capacity, Math.max(maxContext, needed));
}
