// Selects what a stretch of the decoder between two cuts needs: nodes, weights and inputs, walking backwards from
// its outputs by value. What does not come from the tokens (masks, positions, rotary tables) is recomputed here;
// shapes of tensors that lie outside are read off a stand-in; a value from outside is refused.
import { PoolError } from '../../protocol/errors.ts';
import { constantDims } from './infer-tensor.ts';
import { parseKvName } from './kv-ports.ts';
import { type Decoder, nodesBehind } from './read-decoder.ts';
import { type StandIn, shapeStandIn } from './stand-in.ts';
import type { Stretch } from './stretch.ts';
import { metadataInputs, TOKENS_INPUT, valueInputs } from './trace-values.ts';

/** What a stretch needs. */
export interface Region {
  /** Nodes to take over as they are, but for `standIns`. */
  nodes: Set<number>;
  /** Graph inputs, KV ports included; the hidden state is not among them. */
  inputs: Set<string>;
  initializers: Set<string>;
  /** By node: what its first input's shape (or second's type, for CastLike) is read from instead. */
  standIns: Map<number, StandIn>;
  /** The norm half of the split node at the start is needed. */
  normFirst: boolean;
  /** The add half of the split node at the end is needed. */
  sumLast: boolean;
}

/** Selects the region of a stretch. @throws PoolError `model-unsupported` when it needs a value from outside. */
export function selectRegion(decoder: Decoder, stretch: Stretch): Region {
  return new Selection(decoder, stretch).run();
}

class Selection {
  readonly #decoder: Decoder;
  readonly #stretch: Stretch;
  readonly #behindStart: Uint8Array | undefined;
  readonly #behindEnd: Uint8Array | undefined;
  readonly #inputNames: Set<string>;
  readonly #seen = new Set<string>();
  readonly #stack: string[] = [];
  #metadataUsers: number[] = [];
  readonly #region: Region = {
    nodes: new Set(),
    inputs: new Set(),
    initializers: new Set(),
    standIns: new Map(),
    normFirst: false,
    sumLast: false,
  };

  constructor(decoder: Decoder, stretch: Stretch) {
    this.#decoder = decoder;
    this.#stretch = stretch;
    this.#behindStart = stretch.from && nodesBehind(decoder, stretch.from);
    this.#behindEnd = stretch.to && nodesBehind(decoder, stretch.to);
    this.#inputNames = new Set(decoder.graph.inputs.map((input) => input.name));
  }

  run(): Region {
    const { kv, logits } = this.#decoder;
    const { layers, to } = this.#stretch;
    for (const port of kv.slice(layers.start, layers.end)) {
      this.#stack.push(port.keyOut, port.valueOut);
      this.#region.inputs.add(port.keyIn).add(port.valueIn);
    }
    this.#stack.push(to ? to.tensor : logits.name);
    // A shape may ask for a side tensor that nothing needed by value, so the two walks take turns.
    while (this.#stack.length > 0) {
      this.#walkValues();
      this.#settleMetadata();
    }
    return this.#region;
  }

  #walkValues(): void {
    for (let name = this.#stack.pop(); name !== undefined; name = this.#stack.pop()) {
      if (name === '' || this.#seen.has(name)) continue;
      this.#seen.add(name);
      this.#visit(name);
    }
  }

  #visit(name: string): void {
    const { graph, trace } = this.#decoder;
    const { from, to } = this.#stretch;
    if (name === from?.tensor) return;
    if (to?.split && name === to.tensor) {
      // The sum may be an output that the fused node never named, so it has no producer to look up.
      const fused = graph.nodes[to.node]!;
      this.#region.sumLast = true;
      this.#stack.push(...sumTerms(fused.inputs, fused.opType));
      return;
    }
    if (graph.initializers.has(name)) {
      this.#region.initializers.add(name);
      return;
    }
    if (this.#inputNames.has(name)) {
      if (!this.#isOwnInput(name)) throw needsOutside(name);
      this.#region.inputs.add(name);
      return;
    }
    const index = trace.producer.get(name)!;
    const node = graph.nodes[index]!;
    if (from?.split && index === from.node) {
      if (name !== node.outputs[0]) throw needsOutside(name);
      this.#region.normFirst = true;
      this.#stack.push(...normWeights(node.inputs, node.opType));
      return;
    }
    if (index === to?.node && to.split) throw needsOutside(name);
    const isForeign = trace.main[index] && this.#behindStart && !this.#behindStart[index];
    if (isForeign || (from && index === from.node)) throw needsOutside(name);
    this.#region.nodes.add(index);
    this.#stack.push(...valueInputs(node));
    if (metadataInputs(node).length > 0) this.#metadataUsers.push(index);
  }

  /** Settles what each Shape, Size and CastLike reads from, now that all values needed so far are known. */
  #settleMetadata(): void {
    const users = this.#metadataUsers;
    this.#metadataUsers = [];
    for (const index of users) {
      const node = this.#decoder.graph.nodes[index]!;
      const name = node.inputs[metadataInputs(node)[0]!] ?? '';
      if (this.#seen.has(name)) continue;
      if (this.#canCompute(name)) {
        this.#stack.push(name);
        continue;
      }
      const standIn = shapeStandIn(this.#decoder, this.#stretch, node, name);
      if (!standIn) throw needsOutside(name);
      this.#region.standIns.set(index, standIn);
      if (standIn.kind !== 'dims') this.#stack.push(standIn.tensor);
    }
  }

  /** Whether a tensor of which only the shape is wanted may be made here without anything from outside. */
  #canCompute(name: string): boolean {
    const { graph, trace } = this.#decoder;
    if (this.#inputNames.has(name)) return this.#isOwnInput(name);
    const index = trace.producer.get(name);
    // A weight must not be fetched for its shape, which is known.
    if (index === undefined || constantDims(graph, name)) return false;
    if (!trace.main[index]) return trace.level[index]! < 0;
    if (this.#behindStart && (!this.#behindStart[index] || index === this.#stretch.from?.node)) return false;
    return !this.#behindEnd?.[index];
  }

  #isOwnInput(name: string): boolean {
    if (name === TOKENS_INPUT) return this.#stretch.from === undefined;
    const port = parseKvName(name);
    const { start, end } = this.#stretch.layers;
    return port?.side !== 'past' || (port.layer >= start && port.layer < end);
  }
}

function needsOutside(name: string): PoolError {
  return new PoolError(
    'model-unsupported',
    `A slice of the model would need the values of ${name}, which lies outside it.`,
  );
}

/** Scale and, for LayerNormalization, shift: what the norm half of a fused node uses. */
export function normWeights(inputs: readonly string[], opType: string): string[] {
  const names = opType === 'SkipLayerNormalization' ? [inputs[2], inputs[3]] : [inputs[2]];
  return names.filter((name): name is string => name !== undefined && name !== '');
}

/** Input, skip and optional bias: what the add half of a fused node uses. */
export function sumTerms(inputs: readonly string[], opType: string): string[] {
  const bias = opType === 'SkipLayerNormalization' ? inputs[4] : inputs[3];
  return [inputs[0], inputs[1], bias].filter((name): name is string => name !== undefined && name !== '');
}
