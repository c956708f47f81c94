// Layers of a model over the stages of a page: all of them compute on one device, so none deserves more than another. Pure.

/** Half-open ranges in order; the first ones have one layer more where it does not divide. As many ranges as layers at most. */
export function splitLayers(layers: number, stages: number): { start: number; end: number }[] {
  const count = Math.min(layers, stages);
  const cut = (stage: number): number => Math.ceil((stage * layers) / count);
  return Array.from({ length: count }, (_, stage) => ({ start: cut(stage), end: cut(stage + 1) }));
}
