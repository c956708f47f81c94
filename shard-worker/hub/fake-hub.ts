// A model hub on loopback for tests and journeys: a folder served as the real one serves its repos, over real HTTP,
// with a CDN on a second origin. Node only; never part of a page. Header names and statuses are those of the public hub.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { answerFile, type FakeHubFaults, type ServedFile } from './fake-hub-answer.ts';

export interface FakeHubOptions {
  /** Holds `owner/name/path`. Any of `revisions` gives the same files. */
  root: string;
  revisions?: string[];
  /** Whether large files are redirected to signed addresses on the CDN, as the real hub does. Default true. */
  cdn?: boolean;
  /** A signed address expires after so long, and after so many answers. */
  signedUrlTtlMs?: number;
  signedUrlUses?: number;
  /** Whether the refusal of an expired address lets scripts see it. Object stores often do not. Default true. */
  corsOnExpired?: boolean;
}

interface FakeHubRequest {
  origin: 'hub' | 'cdn';
  path: string;
  range: string | undefined;
  /** 0 until the answer has ended. */
  status: number;
}

export interface FakeHub {
  /** For `HubLocation.hubUrl`. */
  readonly url: string;
  readonly cdnUrl: string;
  /** The commit that the hub names, also accepted as a revision. */
  readonly commit: string;
  /** Every request so far, in order of arrival. */
  readonly requests: FakeHubRequest[];
  /** Replaced whole by tests; its counters go down as faults are shown. */
  faults: FakeHubFaults;
  /** Body bytes sent so far for `owner/name/path`, by both origins. */
  servedBytes(path: string): number;
  resetCounts(): void;
  close(): Promise<void>;
}

/** Kinds that the hub keeps in large-file storage and redirects. */
const LARGE_FILE = /\.(onnx|onnx_data\w*|bin|safetensors)$/;

const HUB_EXPOSED =
  'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash';
const CDN_EXPOSED = 'Content-Length,Content-Range,Accept-Ranges,ETag,Content-Disposition';

/** Starts both origins on free ports of 127.0.0.1. */
export async function startFakeHub(options: FakeHubOptions): Promise<FakeHub> {
  const commit = createHash('sha1').update(options.root).digest('hex');
  const revisions = new Set([...(options.revisions ?? ['main']), commit]);
  const secret = randomBytes(16);
  const served = new Map<string, number>();
  const uses = new Map<string, number>();
  const files = new Map<string, ServedFile>();
  const requests: FakeHubRequest[] = [];
  let serial = 0;

  async function answerHub(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    setCors(response, request.headers.origin ?? '*', HUB_EXPOSED);
    response.setHeader('X-Repo-Commit', commit);
    const match = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
    const [repo, revision, path] = (match?.slice(1) ?? []).map(decodeURIComponent);
    if (!repo || !revision || !path) return refuse(response, 404, 'NotFound');
    if (!(await isFolder(options.root, repo))) return refuse(response, 401, 'RepoNotFound');
    if (!revisions.has(revision)) return refuse(response, 404, 'RevisionNotFound');
    const file = await describe(`${repo}/${path}`);
    if (!file) return refuse(response, 404, 'EntryNotFound');
    if ((options.cdn ?? true) && LARGE_FILE.test(path)) {
      response.setHeader('X-Linked-Size', file.size);
      response.setHeader('X-Linked-ETag', `"${file.sha256}"`);
      response.setHeader('Location', sign(`${repo}/${path}`));
      response.writeHead(302).end();
      return;
    }
    await answerFile(request, response, file, hub.faults, (bytes) => count(`${repo}/${path}`, bytes));
  }

  async function answerCdn(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = decodeURIComponent(url.pathname.slice(1));
    const isValid = url.searchParams.get('signature') === signature(path, url.searchParams);
    const isLate = Number(url.searchParams.get('expires')) < Date.now();
    const isUsedUp = (uses.get(url.search) ?? 0) >= (options.signedUrlUses ?? Number.POSITIVE_INFINITY);
    if (!isValid || isLate || isUsedUp) {
      if (options.corsOnExpired ?? true) setCors(response, '*', CDN_EXPOSED);
      return refuse(response, 403, 'AccessDenied');
    }
    uses.set(url.search, (uses.get(url.search) ?? 0) + 1);
    setCors(response, '*', CDN_EXPOSED);
    const file = await describe(path);
    if (!file) return refuse(response, 404, 'NoSuchKey');
    await answerFile(request, response, file, hub.faults, (bytes) => count(path, bytes));
  }

  function sign(path: string): string {
    const parameters = new URLSearchParams({
      expires: String(Date.now() + (options.signedUrlTtlMs ?? 3_600_000)),
      serial: String(serial++),
    });
    parameters.set('signature', signature(path, parameters));
    return `${hub.cdnUrl}/${path.split('/').map(encodeURIComponent).join('/')}?${parameters}`;
  }

  function signature(path: string, parameters: URLSearchParams): string {
    const signed = `${path} ${parameters.get('expires')} ${parameters.get('serial')}`;
    return createHmac('sha256', secret).update(signed).digest('hex');
  }

  /** Size and hash, computed once for a file that is there; the hash is what the hub would have as ETag. */
  async function describe(path: string): Promise<ServedFile | undefined> {
    const file = files.get(path) ?? (await describeFile(options.root, path));
    if (file) files.set(path, file);
    return file;
  }

  function count(path: string, bytes: number): void {
    served.set(path, (served.get(path) ?? 0) + bytes);
  }

  function listen(origin: 'hub' | 'cdn', answer: typeof answerHub): Promise<Server> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const range = request.headers.range;
      const record: FakeHubRequest = { origin, path: url.pathname, range, status: 0 };
      requests.push(record);
      response.once('close', () => {
        record.status = response.statusCode;
      });
      const { refuse: refusal } = hub.faults;
      if (request.method === 'OPTIONS') {
        setCors(response, '*', '');
        response.writeHead(204, { 'Access-Control-Allow-Headers': 'Range' }).end();
      } else if (refusal && refusal.times > 0 && (refusal.on ?? origin) === origin) {
        refusal.times -= 1;
        setCors(response, '*', HUB_EXPOSED);
        if (refusal.retryAfter) response.setHeader('Retry-After', refusal.retryAfter);
        refuse(response, refusal.status, 'Refused');
      } else {
        answer(request, response, url).catch((error: unknown) => response.destroy(error as Error));
      }
    });
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
  }

  const servers = await Promise.all([listen('hub', answerHub), listen('cdn', answerCdn)]);
  const [url, cdnUrl] = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const hub: FakeHub = {
    url: url ?? '',
    cdnUrl: cdnUrl ?? '',
    commit,
    requests,
    faults: {},
    servedBytes: (path) => served.get(path) ?? 0,
    resetCounts() {
      served.clear();
      requests.length = 0;
    },
    async close() {
      await Promise.all(
        servers.map((server) => {
          const closed = new Promise((resolve) => server.close(resolve));
          server.closeAllConnections();
          return closed;
        }),
      );
    },
  };
  return hub;
}

function setCors(response: ServerResponse, origin: string, exposed: string): void {
  response.setHeader('Access-Control-Allow-Origin', origin);
  if (origin !== '*') response.setHeader('Vary', 'Origin');
  if (exposed) response.setHeader('Access-Control-Expose-Headers', exposed);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.setHeader('X-Error-Code', code);
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(code);
}

async function isFolder(root: string, path: string): Promise<boolean> {
  if (path.includes('..')) return false;
  return (await stat(join(root, path)).catch(() => undefined))?.isDirectory() ?? false;
}

async function describeFile(root: string, path: string): Promise<ServedFile | undefined> {
  if (path.split('/').includes('..')) return undefined;
  const absolutePath = join(root, path);
  const found = await stat(absolutePath).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(absolutePath), hash);
  return { absolutePath, size: found.size, sha256: hash.digest('hex') };
}
