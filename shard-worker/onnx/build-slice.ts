// Writes the ModelProto of a slice. What is taken over is copied byte for byte, unknown fields included; what a cut
// changes is made new. Owns the order: norm half first, nodes in the file's order, sum half, picked rows and sampler last.
import type { Sampler } from './append-sampler.ts';
import { applyStandIn, rewire } from './apply-stand-in.ts';
import { type Placement, placedTensor } from './lay-out-blobs.ts';
import { makeValueInfo } from './make-node.ts';
import type { OnnxTensor } from './onnx-graph.ts';
import type { RowPick } from './pick-rows.ts';
import { placeNested } from './place-nested.ts';
import { bytesField, concatBytes } from './protobuf-write.ts';
import type { Decoder } from './read-decoder.ts';
import type { Region } from './select-region.ts';
import { makeNormHalf, makeSumHalf } from './split-skip-norm.ts';
import type { Stretch } from './stretch.ts';

const MODEL_GRAPH = 7;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;

/** The file, and the ValueInfoProtos of its ports. */
export interface BuiltSlice {
  model: Uint8Array;
  inputs: Uint8Array[];
  outputs: Uint8Array[];
}

/** What an exit adds behind its layers. */
export interface ExitParts {
  sampler?: Sampler | undefined;
  rows?: RowPick | undefined;
}

/** Builds the model file of a region. */
export function buildSlice(
  decoder: Decoder,
  stretch: Stretch,
  region: Region,
  places: Map<OnnxTensor, Placement>,
  { sampler, rows }: ExitParts,
): BuiltSlice {
  const { graph } = decoder;
  const body = buildNodes(decoder, stretch, region, places, rows);
  const ports = buildPorts(decoder, stretch, region, rows);
  const inputs = [...ports.inputs, ...(rows ? [rows.input] : []), ...(sampler?.inputs ?? [])];
  const outputs = [...ports.outputs, ...(sampler?.outputs ?? [])];
  const constants = [...body.constants, ...(sampler?.constants ?? [])];
  const kept = keptNames(decoder, region, ports.names);
  const weights = [...region.initializers].map((name) => {
    const tensor = graph.initializers.get(name)!;
    return placedTensor(tensor, places.get(tensor));
  });
  const field = (number: number) => (bytes: Uint8Array) => bytesField(number, bytes);
  const graphBytes = concatBytes([
    ...[...body.nodes, ...(sampler?.nodes ?? [])].map(field(GRAPH.node)),
    ...graph.graphFields.filter(({ tensor }) => tensor === undefined || kept.has(tensor)).map(({ bytes }) => bytes),
    ...[...weights, ...constants.map((constant) => constant.bytes)].map(field(GRAPH.initializer)),
    ...inputs.map(field(GRAPH.input)),
    ...outputs.map(field(GRAPH.output)),
    ...[...graph.valueInfo.values()]
      .filter(({ name }) => kept.has(name) && !ports.names.has(name) && !rows?.reshaped.has(name))
      .map((v) => field(GRAPH.valueInfo)(v.bytes)),
  ]);
  return { model: concatBytes([...graph.modelFields, bytesField(MODEL_GRAPH, graphBytes)]), inputs, outputs };
}

function buildNodes(
  decoder: Decoder,
  { from, to }: Stretch,
  region: Region,
  places: Map<OnnxTensor, Placement>,
  rows: RowPick | undefined,
) {
  const { graph, trace } = decoder;
  const nodes: Uint8Array[] = [];
  const constants: OnnxTensor[] = [];
  if (region.normFirst && from) nodes.push(makeNormHalf(graph.nodes[from.node]!, from));
  for (const index of trace.order) {
    if (!region.nodes.has(index)) continue;
    const node = graph.nodes[index]!;
    if (rows?.head?.node === index) {
      nodes.push(rows.head.gather, rewire(node, 0, rows.head.data));
      continue;
    }
    const standIn = region.standIns.get(index);
    if (!standIn) {
      nodes.push(placeNested(node, places));
      continue;
    }
    const replacement = applyStandIn(node, standIn);
    nodes.push(...replacement.nodes);
    constants.push(...replacement.constants);
  }
  if (region.sumLast && to) nodes.push(...makeSumHalf(graph.nodes[to.node]!, to));
  if (rows?.last) nodes.push(rows.last);
  return { nodes, constants };
}

/** Ports in the file's order, the hidden state where `input_ids` and the logits would be. */
function buildPorts(decoder: Decoder, { from, to, layers }: Stretch, region: Region, rows: RowPick | undefined) {
  const { graph, kv, logits, hiddenSize, batchDims } = decoder;
  const hidden = (name: string, type: number) => makeValueInfo(name, type, [...batchDims, hiddenSize]);
  const own = new Set(kv.slice(layers.start, layers.end).flatMap((port) => [port.keyOut, port.valueOut]));
  const taken = graph.inputs.filter((input) => region.inputs.has(input.name));
  const given = graph.outputs.filter((output) => own.has(output.name) || (!to && output.name === logits.name));
  const inputs = taken.map((input) => input.bytes);
  const outputs = given.map((output) => (rows && output.name === logits.name ? rows.output : output.bytes));
  if (from) inputs.unshift(hidden(from.tensor, from.type));
  if (to) outputs.unshift(hidden(to.tensor, to.type));
  const names = new Set([...taken, ...given].map((value) => value.name));
  if (from) names.add(from.tensor);
  if (to) names.add(to.tensor);
  return { inputs, outputs, names };
}

/** Names of the tensors that exist in the slice with the shape that they had. */
function keptNames(decoder: Decoder, region: Region, ports: Set<string>): Set<string> {
  const names = new Set([...region.initializers, ...ports]);
  for (const index of region.nodes) for (const name of decoder.graph.nodes[index]!.outputs) names.add(name);
  return names;
}
