// The arrows between folders: pages -> app -> shard-worker -> protocol <- signaling. Pure.
import type { ImportEdge } from './read-imports.ts';

/** Folders that each may import besides itself. Folders not named here (e2e, bench, tools) are free. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  app: ['shard-worker', 'protocol'],
  pages: ['app'],
  packages: [],
  'shard-worker': ['protocol'],
  protocol: [],
  signaling: ['protocol'],
};

/**
 * Single files that another folder may import all the same. The server makes the manifest of a pool and counts the tokens of a
 * prompt with the very code of the peers, so that both say the same; these doors need no browser and load no runtime.
 */
const OPEN_DOORS: Record<string, readonly string[]> = {
  signaling: ['shard-worker/read-manifest.ts', 'shard-worker/read-prompt.ts'],
  // A page of another site and the chat that it shows speak the same words.
  app: ['packages/widget/src/words.ts'],
};

/** The only package that the shared vocabulary may use: it runs in pages, workers and Node alike. */
const PROTOCOL_PACKAGES = ['zod/mini'];
/** The files for chains alone: no worker loads them, and a page only once somebody is about to pay. */
const OF_CHAINS: Record<string, readonly string[]> = {
  'protocol/abi.ts': ['viem'],
  'protocol/quote.ts': ['viem', 'viem/utils'],
};

const ENGINE = 'shard-worker/engine/';
const RUNTIME = /^onnxruntime-/;

const folderOf = (path: string): string => path.split('/')[0] ?? '';
const isPackage = (to: string, files: ReadonlySet<string>): boolean => !files.has(to) && !/\.[cm]?[jt]sx?$/.test(to);

/** One sentence per forbidden import. `files`: all paths of the repository. Tests may reach for tools and packages. */
export function findArrowViolations(edges: readonly ImportEdge[], files: ReadonlySet<string>): string[] {
  const testCode = findTestCode(edges);
  return edges.flatMap((edge) => {
    const { from, to, typeOnly } = edge;
    const home = folderOf(from);
    const allowed = MAY_IMPORT[home];
    if (!allowed) return [];
    if (isPackage(to, files)) {
      if (testCode.has(from)) return [];
      const isOfChains = OF_CHAINS[from]?.includes(to) ?? false;
      if (home === 'protocol' && !PROTOCOL_PACKAGES.includes(to) && !isOfChains) {
        return [`${from} imports ${to}: protocol/ may use ${PROTOCOL_PACKAGES.join(', ')} and itself alone`];
      }
      if (RUNTIME.test(to) && !typeOnly && !from.startsWith(ENGINE)) {
        return [`${from} loads ${to}: only ${ENGINE} may, everyone else imports its types`];
      }
      return [];
    }
    const there = folderOf(to);
    if (there === home || allowed.includes(there) || OPEN_DOORS[home]?.includes(to)) return [];
    if (there === 'tools' && testCode.has(from)) return [];
    return [`${from} imports ${to}: ${home}/ may import ${[...allowed, 'itself'].join(', ')}`];
  });
}

/** Tests, what is named after them, and suites that every implementation passes. */
const TEST_CODE = /(\.test\.tsx?|\/test-[\w-]+\.tsx?|-compliance\.ts)$/;

/**
 * One sentence per import that the checks would not see, because each loader resolves it in its own way, and per import of test
 * code from what runs.
 */
export function findLooseImports(edges: readonly ImportEdge[], files: ReadonlySet<string>): string[] {
  const testCode = findTestCode(edges);
  const folders = new Set([...files].map(folderOf));
  return edges.flatMap(({ from, to }) => {
    const isOurs = to.includes('/') && folders.has(folderOf(to));
    if (isOurs && !files.has(to)) return [`${from} imports ${to}: an import names a file with its whole name`];
    const isProgram = folderOf(from) in MAY_IMPORT && !testCode.has(from);
    return isProgram && TEST_CODE.test(to) ? [`${from} imports ${to}: what runs imports no test code`] : [];
  });
}

/** All of these, and modules that nothing but test code imports. */
export function findTestCode(edges: readonly ImportEdge[]): Set<string> {
  const importers = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    const known = importers.get(to) ?? new Set();
    importers.set(to, known.add(from));
  }
  const found = new Set(edges.map(({ from }) => from).filter((path) => TEST_CODE.test(path)));
  let before = -1;
  while (found.size > before) {
    before = found.size;
    for (const [path, by] of importers) if ([...by].every((importer) => found.has(importer))) found.add(path);
  }
  return found;
}
