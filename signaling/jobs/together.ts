// Work at once that fails as if it had been done in turn.

/** Waits for all of it; of several that fail, the first of the list is what this rejects with. */
export async function together<T extends readonly unknown[]>(
  ...work: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<{ -readonly [K in keyof T]: T[K] }> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
  return (await Promise.all(work)) as { -readonly [K in keyof T]: T[K] };
}
