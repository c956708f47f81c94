// The server's one door into this folder: a model's manifest from its graph alone, as peers make it themselves. Needs
// nothing but fetch and crypto; reads no weights, and stops at a bound of time and of bytes.
import { PoolError } from '../protocol/errors.ts';
import type { ModelRef } from '../protocol/ids.ts';
import type { ModelManifest } from '../protocol/manifest.ts';
import { type ByteMeter, createByteMeter } from './hub/byte-meter.ts';
import { graphPath } from './hub/dtype-files.ts';
import { type FetchOptions, openHubFile } from './hub/hub-file.ts';
import { hubBase } from './hub/hub-location.ts';
import { expectedFile, loadModelIndex } from './hub/model-index.ts';
import { readJsonFile } from './hub/read-small-file.ts';
import type { RetryPolicy } from './hub/retry-policy.ts';
import { contextLimit } from './model/context-limit.ts';
import { makeManifest } from './model/make-manifest.ts';
import { describeDecoder } from './onnx/describe-decoder.ts';
import { readGraph } from './onnx/read-graph.ts';
import { memorySource } from './words/byte-source.ts';

export interface ReadManifestOptions {
  model: ModelRef;
  /** Absolute; nothing else is asked but where it redirects to. */
  hubUrl: string;
  /** The list with hashes, for the site's own models. */
  indexUrl?: string | undefined;
  signal?: AbortSignal | undefined;
  fetch?: typeof fetch | undefined;
  /** Default 60 s. */
  timeoutMs?: number | undefined;
  /** Over the network, everything together. Default 96 MB: the largest graph that is read at all is 64 MB. */
  maxBytes?: number | undefined;
  retry?: RetryPolicy | undefined;
}

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 96 * 1024 * 1024;
/** The first request for a graph brings its beginning along. */
const FIRST_WINDOW_BYTES = 64 * 1024;
/** A listed graph up to this size is read whole, because only a whole file can be checked by its hash. */
const MAX_CHECKED_GRAPH_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 5;

/**
 * Layers, bytes per layer, KV shape, hidden size and `maxContext` of a model: equal to what a peer tells of it.
 *
 * @throws PoolError `model-not-found`, `model-unsupported`, `download-failed` and what else a download fails with;
 *   `too-large` past `maxBytes`, `cancelled` by the signal.
 * @example
 * const manifest = await readManifest({ model, hubUrl: 'https://hub.example' });
 */
export async function readManifest(options: ReadManifestOptions): Promise<ModelManifest> {
  const { model, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = options;
  const stop = new AbortController();
  const timer = setTimeout(() => {
    const message = `The graph of ${model.repo} was not read within ${timeoutMs} ms.`;
    stop.abort(new PoolError('download-failed', message));
  }, timeoutMs);
  const common: FetchOptions = {
    fetch: followCarefully(options.fetch ?? fetch, options.hubUrl),
    meter: meterUpTo(maxBytes, () => {
      stop.abort(new PoolError('too-large', `The graph of ${model.repo} takes more than ${maxBytes} bytes to read.`));
    }),
    signal: options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal,
    ...(options.retry ? { retry: options.retry } : {}),
  };
  try {
    return await read(options, common);
  } finally {
    clearTimeout(timer);
    // Whatever is still guessed ahead of the cursor is not wanted any more.
    stop.abort();
  }
}

async function read({ model, hubUrl, indexUrl }: ReadManifestOptions, common: FetchOptions): Promise<ModelManifest> {
  const { repo, revision, dtype } = model;
  const location = { hubUrl, repo, revision };
  const path = graphPath(dtype);
  const index = indexUrl ? await loadModelIndex(indexUrl.replace(/\/index\.json$/, ''), common) : undefined;
  const expected = (file: string): FetchOptions => ({ ...common, expected: index && expectedFile(index, repo, file) });
  const [config, file] = await Promise.all([
    readJsonFile(location, 'config.json', expected('config.json')),
    openHubFile(location, path, { firstWindowBytes: FIRST_WINDOW_BYTES, ...expected(path) }),
  ]);
  const isChecked = expected(path).expected !== undefined && file.size <= MAX_CHECKED_GRAPH_BYTES;
  const graph = await readGraph(isChecked ? memorySource(await file.read(0, file.size)) : file);
  return makeManifest(graph, describeDecoder(graph), contextLimit(config));
}

/** A meter that says once when it has counted too much. */
function meterUpTo(maxBytes: number, onTooMuch: () => void): ByteMeter {
  const meter = createByteMeter();
  let counted = 0;
  return Object.defineProperty(meter, 'networkBytes', {
    get: () => counted,
    set(bytes: number) {
      counted = bytes;
      if (counted > maxBytes) onTooMuch();
    },
  });
}

/**
 * Follows redirects, as hubs make them to their CDN, but only to named hosts over https: an answer must not send this
 * server to an address inside its own network. A hub that is itself plain http or on loopback may do what it likes.
 */
function followCarefully(inner: typeof fetch, hubUrl: string): typeof fetch {
  const isOpen = !isPublicWeb(new URL(hubBase(hubUrl)));
  return async (input, init) => {
    let url = new URL(String(input));
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await inner(url.href, { ...init, redirect: 'manual' });
      const target = response.status >= 300 && response.status < 400 && response.headers.get('location');
      if (!target) {
        // The reader goes on at the address that it was led to, so it must be told.
        return redirects === 0
          ? response
          : Object.defineProperties(response, { redirected: { value: true }, url: { value: url.href } });
      }
      await response.body?.cancel();
      url = new URL(target, url);
      if (!isOpen && !isPublicWeb(url)) break;
    }
    throw new PoolError('download-failed', 'The hub led to an address that is not followed.');
  };
}

/** https and a name with a dot: neither an address in digits nor a machine of the local network. */
const isPublicWeb = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' && /[a-z]/i.test(hostname.split('.').at(-1) ?? '') && /^[^:[\]]+\.[^.:]+$/.test(hostname);
