// Shapes of one layer's keys or values, and the byte moves that resize them or carry them between rows. Pure.

/** `[rows, kvHeads, positions, headDim]`, elements of `elementBytes`; one row is one session. */
export interface KvShape {
  kvHeads: number;
  headDim: number;
  elementBytes: 2 | 4;
}

/** One contiguous move from tensor to tensor, in bytes. */
export interface KvMove {
  from: number;
  to: number;
  length: number;
}

/** A row of a tensor that has room for so many positions. */
export interface KvPlace {
  row: number;
  positions: number;
}

/** Bytes of one row. */
export const kvTensorBytes = (shape: KvShape, positions: number): number =>
  shape.kvHeads * positions * shape.headDim * shape.elementBytes;

/**
 * Moves that carry the first `kept` positions of one row into another: one per head, because positions are the inner axis
 * of a head, or one in all where both have the same room and it is full enough that the gaps cost less than the moves.
 */
export function kvMoves(shape: KvShape, kept: number, from: KvPlace, to: KvPlace): KvMove[] {
  const position = shape.headDim * shape.elementBytes;
  const start = ({ row, positions }: KvPlace) => row * kvTensorBytes(shape, positions);
  if (from.positions === to.positions && kept * 2 > from.positions) {
    // Up to the last head's last kept position.
    const length = ((shape.kvHeads - 1) * from.positions + kept) * position;
    return [{ from: start(from), to: start(to), length }];
  }
  return Array.from({ length: shape.kvHeads }, (_, head) => ({
    from: start(from) + head * from.positions * position,
    to: start(to) + head * to.positions * position,
    length: kept * position,
  }));
}

/** Capacity for `needed` positions: doubles from 256 so that growing costs little, capped by the context. */
export function kvCapacity(needed: number, maxContext: number): number {
  let capacity = 256;
  while (capacity < needed) capacity *= 2;
  return Math.min(capacity, Math.max(maxContext, needed));
}
