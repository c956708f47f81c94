// Serves the page of a dapp, with a strict policy and nothing but Node: `node examples/dapp/serve.mjs`. Another site than the server's:
// one is opened as localhost, the other as 127.0.0.1.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = dirname(fileURLToPath(import.meta.url));
/** @type {Record<string, [file: string, type: string]>} */
const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/dapp.css': ['dapp.css', 'text/css; charset=utf-8'],
  '/dapp.js': ['dapp.js', 'text/javascript; charset=utf-8'],
};

/**
 * What the page may load: itself, the widget's script, and the frame with the chat. It needs no word for the widget's own styles.
 *
 * @param {string} computepool origin of the server
 */
const policy = (computepool) =>
  [
    ...["default-src 'none'", `script-src 'self' ${computepool}`, `frame-src ${computepool}`, "style-src 'self'"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; ');

/** @param {string} text */
const escapeHtml = (text) => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

/**
 * Resolves when it listens.
 *
 * @param {{ port: number, computepool: string, pool: string }} options `pool`: '' is the one that the server shows first
 * @returns {Promise<{ port: number, close(): Promise<void> }>}
 */
export async function serveDapp({ port, computepool, pool }) {
  const server = createServer(async (request, response) => {
    const [file, type] = FILES[new URL(request.url ?? '/', 'http://x').pathname] ?? [];
    if (!file || !type) return void response.writeHead(404).end('Not found.');
    const text = await readFile(join(HERE, file), 'utf8');
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': policy(computepool) });
    response.end(text.replaceAll('{{computepool}}', escapeHtml(computepool)).replaceAll('{{pool}}', escapeHtml(pool)));
  });
  await new Promise((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined)),
  );
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4000' },
      computepool: { type: 'string', default: 'http://127.0.0.1:3000' },
      pool: { type: 'string', default: '' },
    },
  });
  const { port } = await serveDapp({ ...values, port: Number(values.port) });
  const origin = `http://localhost:${port}`;
  console.log(`The dapp is at ${origin}. The server lists it with: npm start -- --embed-origins ${origin}`);
}
