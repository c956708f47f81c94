// Lays the weights of a slice out in blobs: which byte ranges of which files go where, and what each tensor's message
// says of it. Pure arithmetic over spans; fetches nothing.
import type { WeightBlob } from '../words/weight-blob.ts';
import { EMBEDDING, HEAD, SHARED, TIED } from './group-weights.ts';
import type { OnnxTensor } from './onnx-graph.ts';
import { concatBytes, messageField, rewriteMessage, textField, varintField } from './protobuf-write.ts';
import { TENSOR } from './read-tensor.ts';
import { keptRows } from './trim-rotary-tables.ts';

/** Where a tensor's data is in its blob, and its shape there. */
export interface Placement {
  location: string;
  offset: number;
  length: number;
  dims: number[];
}

export interface BlobLayout {
  blobs: WeightBlob[];
  places: Map<OnnxTensor, Placement>;
}

/** Lays out tensors by group; `rotaryTables` are cut to `maxContext` rows. */
export function layOutBlobs(
  tensors: readonly OnnxTensor[],
  groups: Map<OnnxTensor, string>,
  rotaryTables: Set<string>,
  maxContext: number | undefined,
): BlobLayout {
  const byLocation = new Map<string, OnnxTensor[]>();
  for (const tensor of new Set(tensors)) {
    const location = groups.get(tensor) ?? SHARED;
    byLocation.set(location, [...(byLocation.get(location) ?? []), tensor]);
  }
  const places = new Map<OnnxTensor, Placement>();
  const locations = [...byLocation.keys()].sort((a, b) => rank(a) - rank(b));
  const blobs = locations.map((location) => {
    const wanted = byLocation.get(location)!.map((tensor) => trimmed(tensor, rotaryTables, maxContext));
    return fillBlob(location, wanted, places);
  });
  return { blobs, places };
}

interface Wanted {
  tensor: OnnxTensor;
  file: string;
  offset: number;
  length: number;
  dims: number[];
}

function trimmed(tensor: OnnxTensor, rotaryTables: Set<string>, maxContext: number | undefined): Wanted {
  const { file, offset, length } = tensor.span!;
  const rows = tensor.dims[0] ?? 0;
  if (!rotaryTables.has(tensor.name) || rows === 0) return { tensor, file, offset, length, dims: tensor.dims };
  const kept = keptRows(rows, maxContext);
  return { tensor, file, offset, length: (length / rows) * kept, dims: [kept, ...tensor.dims.slice(1)] };
}

/** Fills a blob in file order, so that neighbours stay neighbours and are fetched as one. */
function fillBlob(location: string, wanted: Wanted[], places: Map<OnnxTensor, Placement>): WeightBlob {
  const blob: WeightBlob = { location, size: 0, parts: [] };
  const placed = new Map<string, number>();
  wanted.sort((a, b) => (a.file === b.file ? a.offset - b.offset : a.file < b.file ? -1 : 1));
  for (const { tensor, file, offset, length, dims } of wanted) {
    // Two names of the same bytes are fetched once.
    const key = `${file}\n${offset}\n${length}`;
    const known = placed.get(key);
    places.set(tensor, { location, offset: known ?? blob.size, length, dims });
    if (known !== undefined || length === 0) continue;
    placed.set(key, blob.size);
    const last = blob.parts.at(-1);
    if (last?.file === file && last.offset + last.length === offset) last.length += length;
    else blob.parts.push({ file, offset, length, blobOffset: blob.size, tensor: tensor.name });
    blob.size += length;
  }
  return blob;
}

function rank(location: string): number {
  const fixed = [EMBEDDING, HEAD, TIED, SHARED].indexOf(location);
  return fixed === 0 ? -1 : fixed > 0 ? Number.MAX_SAFE_INTEGER - 4 + fixed : Number(location.slice('layer-'.length));
}

/** The TensorProto of a tensor at its place: shape and external data rewritten, every other field as it was. */
export function placedTensor(tensor: OnnxTensor, place: Placement | undefined): Uint8Array {
  if (!place) return tensor.bytes;
  const entry = (key: string, value: string) => messageField(TENSOR.external, textField(1, key), textField(2, value));
  const dropped = { [TENSOR.rawData]: null, [TENSOR.external]: null, [TENSOR.location]: null };
  const isSameShape = place.dims.every((dim, axis) => dim === tensor.dims[axis]);
  const edits = isSameShape ? dropped : { ...dropped, [TENSOR.dims]: null };
  const dims = isSameShape ? [] : place.dims.map((dim) => varintField(TENSOR.dims, dim));
  return rewriteMessage(tensor.bytes, edits, [
    concatBytes(dims),
    entry('location', place.location),
    entry('offset', String(place.offset)),
    entry('length', String(place.length)),
    varintField(TENSOR.location, 1),
  ]);
}
