// How far onnxruntime-web's own program has come. It fetches that by itself, tells nobody, and takes no bytes without giving up to
// compile while they come: so its answer is read along, and goes to it as it is.
import { readRuntimeFiles } from '../../protocol/runtime-files.ts';
import type { WorkerEvents } from './worker-api.ts';

type Tell = (progress: WorkerEvents['runtime-progress']) => void;

interface Scope {
  fetch: typeof fetch;
  readonly location: { readonly origin: string };
}

const PROGRAM = /\/ort-wasm-[^/]+\.wasm$/;
const TELL_EVERY_MS = 100;

/** From now on, in this worker. */
export function watchRuntime(tell: Tell, scope: Scope = self): void {
  const real = scope.fetch.bind(scope);
  scope.fetch = async (input, init) => {
    const response = await real(input, init);
    const { pathname } = new URL(input instanceof Request ? input.url : input, scope.location.origin);
    if (response.ok && response.body && PROGRAM.test(pathname)) {
      // Whoever fetched it hears of a download that broke.
      follow(response.clone(), pathname, { tell, real, origin: scope.location.origin }).catch(() => {});
    }
    return response;
  };
}

/** Counted as it travels: what is read is unpacked already. */
async function follow(
  response: Response,
  path: string,
  { tell, real, origin }: { tell: Tell; real: typeof fetch; origin: string },
): Promise<void> {
  const listed = (await readRuntimeFiles(origin, real)).find((file) => file.path === path);
  const total = listed ?? plainSize(response);
  let read = 0;
  let toldMs = Number.NEGATIVE_INFINITY;
  const say = (): void => {
    if (!total) tell({ loadedBytes: read });
    else {
      const share = Math.min(1, read / Math.max(1, total.bytes));
      tell({ loadedBytes: Math.round(share * total.wireBytes), totalBytes: total.wireBytes });
    }
  };
  const reader = response.body!.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    read += next.value.length;
    const nowMs = performance.now();
    if (nowMs - toldMs < TELL_EVERY_MS) continue;
    toldMs = nowMs;
    say();
  }
  say();
}

/** Where a site lists nothing: an answer that is compressed says how long it is packed, and not how long it will be. */
function plainSize({ headers }: Response): { bytes: number; wireBytes: number } | undefined {
  const length = Number(headers.get('content-length') ?? 0);
  return length > 0 && !headers.has('content-encoding') ? { bytes: length, wireBytes: length } : undefined;
}
