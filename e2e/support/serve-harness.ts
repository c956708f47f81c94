// A page for tests that need a browser but not the site: serves one bundled worker, the runtime's files and a folder of
// models on a free port of the loopback.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { build } from 'esbuild';

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

export interface Harness {
  url: string;
  close(): Promise<void>;
}

export interface HarnessOptions {
  worker: string;
  modelsDir: string;
  /** Packages that the bundle takes in place of others. */
  alias?: Record<string, string>;
}

export async function serveHarness(options: HarnessOptions): Promise<Harness> {
  const bundle = await build({
    entryPoints: [options.worker],
    bundle: true,
    format: 'esm',
    write: false,
    platform: 'browser',
    logLevel: 'error',
    alias: options.alias ?? {},
  });
  const script = bundle.outputFiles[0]!.contents;
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://harness').pathname));
    if (path === '/') return send(response, 'text/html', '<!doctype html><title>harness</title>');
    if (path === '/worker.js') return send(response, 'text/javascript', script);
    if (path.startsWith('/ort/')) return sendFile(response, join('node_modules/onnxruntime-web/dist', path.slice(5)));
    return sendFile(response, join(options.modelsDir, path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.writeHead(200, { 'content-type': type });
  response.end(body);
}

function sendFile(response: ServerResponse, file: string): void {
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404);
    response.end();
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': statSync(file).size,
  });
  createReadStream(file).pipe(response);
}
