import { describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { type ByteSource, memorySource } from '../words/byte-source.ts';
import { describeDecoder } from './describe-decoder.ts';
import { readFixture } from './fixture-models.ts';
import { floats, ints, makeTestModel, makeWeight } from './make-test-model.ts';
import { makeTinyDecoder, TINY } from './make-tiny-decoder.ts';
import { concatBytes, textField, varint, varintField } from './protobuf-write.ts';
import { readGraph } from './read-graph.ts';
import { sliceGraph } from './slice-graph.ts';

/** A source that counts what is read from it. */
function counted(source: ByteSource) {
  const seen = { reads: 0, bytes: 0 };
  const read = (offset: number, length: number) => {
    seen.reads++;
    seen.bytes += length;
    return source.read(offset, length);
  };
  return { seen, source: { size: source.size, read } };
}

/** A file with runs of zeros that take no memory, so that weights may be as large as real ones. */
function sparseSource(pieces: (Uint8Array | number)[]): ByteSource {
  const lengths = pieces.map((piece) => (typeof piece === 'number' ? piece : piece.length));
  const size = lengths.reduce((sum, length) => sum + length, 0);
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      let start = 0;
      for (const [at, piece] of pieces.entries()) {
        if (typeof piece !== 'number') {
          const [from, to] = [Math.max(offset, start), Math.min(offset + length, start + piece.length)];
          if (from < to) bytes.set(piece.subarray(from - start, to - start), from - offset);
        }
        start += lengths[at]!;
      }
      return bytes;
    },
  };
}

/** A model of `count` float32 weights of `length` bytes each, in the file. */
function heavyModel(count: number, length: number): ByteSource {
  const weights: (Uint8Array | number)[] = [];
  let graphBytes = 0;
  for (let index = 0; index < count; index++) {
    const head = concatBytes([
      varintField(1, length / 4),
      varintField(2, 1),
      textField(8, `weight${index}`),
      varint(9 * 8 + 2),
      varint(length),
    ]);
    const field = concatBytes([varint(5 * 8 + 2), varint(head.length + length), head]);
    weights.push(field, length);
    graphBytes += field.length + length;
  }
  const node = concatBytes([textField(1, 'weight0'), textField(2, 'out'), textField(4, 'Identity')]);
  const nodeField = concatBytes([varint(1 * 8 + 2), varint(node.length), node]);
  const start = concatBytes([varintField(1, 8), varint(7 * 8 + 2), varint(nodeField.length + graphBytes), nodeField]);
  return sparseSource([start, ...weights]);
}

describe('economy', () => {
  it('reads a file of 8 GB of weights in about a request and 5 KB per weight', async () => {
    const { seen, source } = counted(heavyModel(256, 32 * 1024 * 1024));
    const graph = await readGraph(source);
    expect(source.size).toBeGreaterThan(8 * 2 ** 30);
    expect(graph.initializers.size).toBe(256);
    expect(graph.initializers.get('weight255')!.span).toEqual({
      file: '',
      offset: source.size - 2 ** 25,
      length: 2 ** 25,
    });
    expect(seen.bytes).toBeLessThan(256 * 5120 + 128 * 1024);
    expect(seen.reads).toBeLessThanOrEqual(258);
  });

  it('reads a graph without weights whole, in two requests', async () => {
    const { seen, source } = counted(readFixture('gemma3-genai/q4').source);
    await readGraph(source);
    expect(seen).toEqual({ reads: 2, bytes: source.size });
  });

  it('passes over the weights inside an exported file', async () => {
    const { seen, source } = counted(readFixture('llama3.2-optimum/fp32').source);
    const graph = await readGraph(source);
    const structure =
      source.size - [...graph.initializers.values()].reduce((sum, { span }) => sum + (span?.length ?? 0), 0);
    // Its weights are 8 to 40 KB, small enough that some lie in a window anyway.
    expect(seen.bytes).toBeLessThan(structure + source.size * 0.25);
  });
});

describe('what it does not know survives', () => {
  const unknown = (where: string) => textField(1999, `unknown in ${where}`);

  it('in model, graph, node and tensor, byte for byte', async () => {
    const bytes = makeTinyDecoder({
      edit: (model) => ({
        ...model,
        modelExtra: unknown('model'),
        graphExtra: unknown('graph'),
        nodes: model.nodes.map((node) => ({ ...node, extra: unknown(`node ${node.outputs[0]}`) })),
        weights: [
          ...model.weights!.slice(0, -1),
          makeWeight(`layers.${TINY.layers}.bias`, [TINY.hidden], unknown('tensor')),
        ],
      }),
    });
    const slice = sliceGraph(await readGraph(memorySource(bytes)), { start: 1, end: TINY.layers });
    const text = Buffer.from(slice.model).toString('latin1');
    for (const where of ['model', 'graph', 'tensor', 'node logits', 'node layers.1.query', 'node past_shape']) {
      expect(text).toContain(`unknown in ${where}`);
    }
    expect(text).not.toContain('unknown in node embedding');
  });

  it('and untouched nodes are copied byte for byte', async () => {
    const { source } = readFixture('qwen3-genai/q4');
    const graph = await readGraph(source);
    const sliced = await readGraph(memorySource(sliceGraph(graph, { start: 1, end: 3 }).model));
    const originals = new Set(graph.nodes.map((node) => Buffer.from(node.bytes).toString('hex')));
    const made = sliced.nodes.filter((node) => !originals.has(Buffer.from(node.bytes).toString('hex')));
    // Only the two halves of the cut norms are new.
    expect(made.map((node) => node.opType).sort()).toEqual(['Add', 'SimplifiedLayerNormalization']);
    expect(sliced.nodes.length).toBeGreaterThan(30);
  });
});

describe('a long Constant', () => {
  it('becomes an initializer of the same name, its data not read', async () => {
    const tensor = makeWeight('', [40_000]);
    const value = concatBytes([
      textField(1, 'value'),
      varint(5 * 8 + 2),
      varint(tensor.length),
      tensor,
      varintField(20, 4),
    ]);
    const bytes = makeTestModel({
      nodes: [
        { opType: 'Constant', inputs: [], outputs: ['big'], attributes: [value] },
        { opType: 'Identity', inputs: ['big'], outputs: ['out'] },
      ],
      inputs: [],
      outputs: [floats('out', 40_000)],
    });
    const graph = await readGraph(memorySource(bytes));
    expect(graph.nodes.map((node) => node.opType)).toEqual(['Identity']);
    const big = graph.initializers.get('big')!;
    expect(big).toMatchObject({ name: 'big', dims: [40_000], span: { file: '', length: 160_000 } });
    const data = bytes.subarray(big.span!.offset, big.span!.offset + 160_000);
    expect(Buffer.compare(data, tensor.subarray(-160_000))).toBe(0);
    expect(big.bytes.length).toBeLessThan(100);
  });
});

describe('refuses', () => {
  const isTyped = (error: unknown) =>
    error instanceof PoolError && ['model-unsupported', 'download-truncated'].includes(error.code);

  /** Reads and describes; anything but success or a typed error fails the test. */
  async function attempt(bytes: Uint8Array): Promise<string> {
    try {
      describeDecoder(await readGraph(memorySource(bytes)));
      return 'read';
    } catch (error) {
      if (!isTyped(error)) throw error;
      return 'refused';
    }
  }

  let state = 99;
  const random = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };

  it('random bytes', async () => {
    for (let round = 0; round < 200; round++) {
      expect(await attempt(Uint8Array.from({ length: random(400) }, () => random(256)))).toBe('refused');
    }
  });

  it('a file cut short anywhere', async () => {
    const bytes = makeTinyDecoder();
    expect(await attempt(bytes)).toBe('read');
    // The last fields are the opsets, 23 bytes: a file without these is as broken as any.
    for (let round = 0; round < 100; round++)
      expect(await attempt(bytes.subarray(0, random(bytes.length - 1)))).toBe('refused');
  });

  it('or survives every flipped byte with a typed error', async () => {
    const bytes = makeTinyDecoder({ branch: true });
    const outcomes = new Set<string>();
    for (let round = 0; round < 400; round++) {
      const broken = bytes.slice();
      broken[random(bytes.length)] = random(256);
      outcomes.add(await attempt(broken));
    }
    expect([...outcomes].sort()).toEqual(['read', 'refused']);
  });

  it.each<[string, () => Uint8Array, string]>([
    ['a classifier', makeClassifier, 'no past_key_values'],
    [
      'a decoder over embeddings',
      () =>
        makeTinyDecoder({
          edit: (m) => ({ ...m, inputs: [ints('other_ids', 'batch', 'tokens'), ...m.inputs.slice(1)] }),
        }),
      'input_ids',
    ],
    [
      'a layer without its present value',
      () => makeTinyDecoder({ edit: (m) => ({ ...m, outputs: m.outputs.slice(0, -1) }) }),
      'Layer 2',
    ],
    [
      'two tensors of one name',
      () => makeTinyDecoder({ edit: (m) => ({ ...m, weights: [...m.weights!, m.weights![0]!] }) }),
      'twice',
    ],
    [
      'a tensor that nobody makes',
      () => makeTinyDecoder({ edit: (m) => ({ ...m, nodes: m.nodes.slice(1) }) }),
      'nowhere',
    ],
    [
      'nodes in a circle',
      () =>
        makeTinyDecoder({
          edit: (m) => ({
            ...m,
            nodes: [
              ...m.nodes,
              { opType: 'Add', inputs: ['x', 'y'], outputs: ['y'] },
              { opType: 'Neg', inputs: ['y'], outputs: ['x'] },
            ],
          }),
        }),
      'circle',
    ],
    ['no logits', () => makeTinyDecoder({ edit: (m) => ({ ...m, outputs: m.outputs.slice(1) }) }), 'logits'],
    ['an empty file', () => new Uint8Array(0), 'no graph'],
  ])('%s', async (_, make, message) => {
    const refused = { code: 'model-unsupported', message: expect.stringContaining(message) };
    await expect(readGraph(memorySource(make())).then(describeDecoder)).rejects.toMatchObject(refused);
  });

  it('structure past its bound, without reading it', async () => {
    const claimed = 70 * 1024 * 1024;
    const start = concatBytes([varint(7 * 8 + 2), varint(claimed + 5), varint(10 * 8 + 2), varint(claimed)]);
    const { seen, source } = counted(sparseSource([start, claimed]));
    await expect(readGraph(source)).rejects.toMatchObject({ code: 'model-unsupported' });
    expect(seen.bytes).toBeLessThan(100_000);
  });
});

/** A graph as a vision model has: an input, a few operators, no cache. */
function makeClassifier(): Uint8Array {
  return makeTestModel({
    nodes: [
      { opType: 'Conv', inputs: ['pixels', 'kernel'], outputs: ['features'] },
      { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['scores'] },
    ],
    weights: [makeWeight('kernel', [8, 3, 3, 3])],
    inputs: [floats('pixels', 1, 3, 32, 32)],
    outputs: [floats('scores', 1, 8, 1, 1)],
  });
}
