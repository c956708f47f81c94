// Keeps a label of a metric to few values: each is a series that is held for ever, and anyone can make up a pool's name.

/** Pools that are counted by name; a server with more is watched as a whole. */
const MAX_VALUES = 50;
const OTHER = 'other';

/** The value itself for the first `max` different ones, `other` for the rest. */
export function createBoundedLabel(max = MAX_VALUES): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return OTHER;
    known.add(value);
    return value;
  };
}
