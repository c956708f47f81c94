// Prompts of no meaning: what a step costs does not depend on what the ids say. Pure; the same each time.

/** `count` prompts of `tokens` ids each, no two alike, none of a special token. */
export function differentPrompts(count: number, tokens: number, vocab: number): number[][] {
  const first = 300;
  return Array.from({ length: count }, (_, at) =>
    Array.from({ length: tokens }, (_, index) => first + ((at * 131 + index * 7) % (vocab - first))),
  );
}
