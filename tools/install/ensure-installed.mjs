// Makes sure that node_modules is what package-lock.json asks for, with nothing but Node at hand: the entry files call
// it before anything that is not built into Node is imported.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the repository. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockEntry */

/**
 * Packages of the lockfile that are missing or of another version. npm writes what it installed to
 * `node_modules/.package-lock.json` as its last act, so an installation that broke off has none of it. Optional
 * packages may be missing: they are for other platforms.
 *
 * @param {Record<string, LockEntry>} wanted `packages` of package-lock.json
 * @param {Record<string, LockEntry>} installed `packages` of node_modules/.package-lock.json
 * @returns {string[]}
 */
export function findStale(wanted, installed) {
  return Object.entries(wanted)
    .filter(([path, entry]) => {
      const found = installed[path];
      if (path === '' || entry.link) return false;
      if (!found) return !entry.optional;
      return found.version !== entry.version || found.integrity !== entry.integrity;
    })
    .map(([path]) => path);
}

/** @param {string} path @returns {Record<string, LockEntry> | undefined} */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Runs `npm ci` when it is needed. Ends the process with npm's own words when that fails. */
export async function ensureInstalled(root = ROOT) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    end(`ComputePool needs Node 20.19 or newer; this is ${process.versions.node}. Get one from https://nodejs.org.`);
  }
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (!wanted) end(`There is no readable package-lock.json in ${root}. Clone the repository again.`);
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (installed && findStale(wanted, installed).length === 0) return;
  const why = installed
    ? 'The lockfile changed: installing packages'
    : 'Installing packages, once (about half a minute)';
  const { code, output, ms } = await runNpm(root, why);
  if (code !== 0) end(`${output}\nnpm ci failed. Check the connection to the npm registry, then run the same again.`);
  say(`Packages installed in ${Math.round(ms / 1000)} s`);
}

/**
 * @param {string} root @param {string} title
 * @returns {Promise<{ code: number | null, output: string, ms: number }>}
 */
function runNpm(root, title) {
  const startedAt = Date.now();
  const args = ['ci', '--no-fund', '--no-audit', '--include=dev', '--loglevel=error'];
  // Under `npm start` npm says where it is. Otherwise Windows needs a shell to find npm.cmd.
  const own = process.env.npm_execpath;
  const child = own?.endsWith('.js')
    ? spawn(process.execPath, [own, ...args], { cwd: root })
    : spawn('npm', args, { cwd: root, shell: process.platform === 'win32' });
  const seconds = () => `${title} ${Math.round((Date.now() - startedAt) / 1000)} s`;
  const live = process.stderr.isTTY;
  if (!live) say(title);
  const timer = live ? setInterval(() => process.stderr.write(`\r${seconds()}`), 1000) : undefined;
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    /** @param {number | null} code */
    const done = (code) => {
      clearInterval(timer);
      if (live) process.stderr.write('\r\u001b[2K');
      resolve({ code, output, ms: Date.now() - startedAt });
    };
    child.once('error', (error) => {
      output += `npm could not be started: ${error.message}`;
      done(1);
    });
    child.once('close', done);
  });
}

/** Standard error, so that a tool's own output (`--json`) stays clean. @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/** @param {string} line @returns {never} */
function end(line) {
  say(line);
  process.exit(1);
}
