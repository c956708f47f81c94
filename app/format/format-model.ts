// Names of models and backends for people.
import type { Backend } from '../../protocol/control.ts';
import type { PoolRef } from '../../protocol/ids.ts';
import { formatText } from '../text/english/format.ts';

/** `onnx-community/Qwen3-0.6B-ONNX` -> `Qwen3-0.6B-ONNX`. */
export const formatRepoName = (repo: string): string => repo.slice(repo.indexOf('/') + 1);

/** `name · dtype`, with the revision only where it is not the usual one, and the slug of a further pool. */
export function formatModel(model: PoolRef): string {
  const revision = model.revision === 'main' ? '' : ` @ ${model.revision}`;
  const slug = model.slug === undefined ? '' : ` · ${model.slug}`;
  return `${formatRepoName(model.repo)}${revision} · ${model.dtype}${slug}`;
}

export const formatBackend = (backend: Backend): string => (backend === 'webgpu' ? 'WebGPU' : 'WASM');

/** What a tab says of its device: names of hardware, and one word of people's. */
export const formatDevice = (device: string): string => (device === 'WASM, 1 thread' ? formatText.oneThread : device);

/** `WebGPU · apple · metal-3`; a device that already names its backend is not told twice. */
export function formatRunsOn(backend: Backend, of: string): string {
  const name = formatBackend(backend);
  const device = formatDevice(of);
  return of.toLowerCase().startsWith(name.toLowerCase()) ? device : `${name} · ${device}`;
}

/** Half-open, as everywhere in this project: `[start, end)`. */
export const formatLayers = (start: number, end: number): string => `[${start}, ${end})`;
