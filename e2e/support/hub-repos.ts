// Repositories for a hub on loopback: the embedded model under a stranger's name, and broken ones.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeHub, type FakeHubOptions, startFakeHub } from '../../shard-worker/hub/fake-hub.ts';
import { makeValueInfo } from '../../shard-worker/onnx/make-node.ts';
import { makeTestModel } from '../../shard-worker/onnx/make-test-model.ts';
import { FLOAT32 } from '../../shard-worker/onnx/onnx-graph.ts';

export interface TestHub extends FakeHub {
  /** A good decoder. */
  good: string;
  /** A graph that is no decoder. */
  noDecoder: string;
}

export async function openTestHub(options: Partial<FakeHubOptions> = {}): Promise<TestHub> {
  const root = await mkdtemp(join(tmpdir(), 'computepool-hub-'));
  await cp('public/models/computepool/guide-4m', join(root, 'acme/guide-ONNX'), { recursive: true });
  await mkdir(join(root, 'acme/relu-ONNX/onnx'), { recursive: true });
  await writeFile(join(root, 'acme/relu-ONNX/config.json'), '{"model_type":"none"}');
  const graph = makeTestModel({
    nodes: [{ opType: 'Relu', inputs: ['pixels'], outputs: ['features'] }],
    inputs: [makeValueInfo('pixels', FLOAT32, [1, 3, 8, 8])],
    outputs: [makeValueInfo('features', FLOAT32, [1, 3, 8, 8])],
  });
  await writeFile(join(root, 'acme/relu-ONNX/onnx/model_q4.onnx'), graph);
  const hub = await startFakeHub({ root, ...options });
  const closeHub = hub.close;
  const close = async () => {
    await closeHub();
    await rm(root, { recursive: true, force: true });
  };
  return Object.assign(hub, { good: 'acme/guide-ONNX', noDecoder: 'acme/relu-ONNX', close });
}
