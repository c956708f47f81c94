// Names one file on a hub and builds its address. Owns the rules for which names are let into a URL; does no I/O.
import { PoolError } from '../../protocol/errors.ts';

/** Where a model's files are: `${hubUrl}/${repo}/resolve/${revision}/${path}`. */
export interface HubLocation {
  /** Absolute http(s) address without query or credentials; may carry a path prefix, as a mirror or our own site does. */
  hubUrl: string;
  /** `owner/name`. */
  repo: string;
  /** Branch, tag or commit. Only a commit of 40 hex digits names content for good. */
  revision: string;
}

const REPO_NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?$/;
const REVISION_SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,119}$/;
const MAX_PATH_CHARS = 512;

/**
 * The address of one file, every part checked and encoded.
 *
 * @throws PoolError `bad-request` for a name that the hub's own rules refuse.
 * @example
 * hubFileUrl({ hubUrl: 'https://hub.example', repo: 'acme/tiny', revision: 'main' }, 'onnx/model.onnx');
 */
export function hubFileUrl(location: HubLocation, path: string): string {
  checkRepo(location.repo);
  checkRevision(location.revision);
  const segments = checkFilePath(path);
  // A revision such as refs/pr/1 is one segment to the hub, so its slashes are encoded; a path's are not.
  const revision = encodeURIComponent(location.revision);
  const encodedPath = segments.map(encodeURIComponent).join('/');
  return `${hubBase(location.hubUrl)}/${location.repo}/resolve/${revision}/${encodedPath}`;
}

/**
 * Splits a relative file path into segments.
 *
 * @throws PoolError `bad-request` for absolute paths, `..`, backslashes, control characters and addresses.
 */
export function checkFilePath(path: string): string[] {
  const segments = path.split('/');
  const isClean = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (!isClean || path.length > MAX_PATH_CHARS || hasForbiddenCharacter(path)) {
    throw new PoolError('bad-request', `${quote(path)} is not a relative path of a file.`);
  }
  return segments;
}

/** Normal form of a hub's address: no trailing slash. Also the part of a cache key that keeps mirrors apart. */
export function hubBase(hubUrl: string): string {
  const url = URL.canParse(hubUrl) ? new URL(hubUrl) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isWeb || url.username || url.password || url.search || url.hash) {
    throw new PoolError('bad-request', `${quote(hubUrl)} is not the http(s) address of a hub.`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function checkRepo(repo: string): void {
  const names = repo.split('/');
  if (names.length !== 2 || !names.every((name) => REPO_NAME.test(name) && !name.includes('..'))) {
    throw new PoolError('bad-request', `${quote(repo)} is not a repository name of the form owner/name.`);
  }
}

function checkRevision(revision: string): void {
  const isClean = revision.split('/').every((part) => REVISION_SEGMENT.test(part) && !part.includes('..'));
  if (!isClean || revision.length > 200) {
    throw new PoolError('bad-request', `${quote(revision)} is not a branch, tag or commit.`);
  }
}

/** Backslash is a separator to some servers, `:` begins a scheme or a drive; the rest are controls. */
function hasForbiddenCharacter(path: string): boolean {
  return [...path].some((character) => character < ' ' || character === '\u007f' || '\\:'.includes(character));
}

/** Hostile names are shown, but never in full. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
