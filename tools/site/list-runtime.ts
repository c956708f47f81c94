// Writes down which programs of onnxruntime-web the built site has, and how large they are on the wire: a page tells that before it
// loads one, and a worker while it does.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { RUNTIME_LIST, type RuntimeFile } from '../../protocol/runtime-files.ts';
import { TWIN_ENDINGS } from '../../signaling/site/choose-encoding.ts';

/** As `shard-worker/engine/ort-runtime.ts` imports them: the build with WebGPU is compiled with asyncify. */
const PROGRAM = /^ort-wasm-simd-threaded(\.asyncify)?\.[^.]+\.wasm$/;

/** Comes after `compressSite`. Gives what it wrote. */
export function listRuntime(siteDir: string): RuntimeFile[] {
  const files = readdirSync(siteDir, { withFileTypes: true, recursive: true }).flatMap((entry): RuntimeFile[] => {
    const match = PROGRAM.exec(entry.name);
    if (!entry.isFile() || !match) return [];
    const path = join(entry.parentPath, entry.name);
    const twin = path + TWIN_ENDINGS.br;
    const bytes = statSync(path).size;
    const wireBytes = existsSync(twin) ? statSync(twin).size : bytes;
    const place = `/${relative(siteDir, path).split(sep).join('/')}`;
    return [{ backend: match[1] ? 'webgpu' : 'wasm', path: place, bytes, wireBytes }];
  });
  writeFileSync(join(siteDir, RUNTIME_LIST), JSON.stringify({ files }));
  return files;
}
