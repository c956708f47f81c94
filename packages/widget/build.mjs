// Builds the widget: one script for pages without a bundler, and an ES module with its types for those with one. Before it is packed,
// and where the site is built, which serves the script.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCE = join(HERE, 'src');
const DIST = join(HERE, 'dist');
/** Browsers of the last four years: private fields, constructable style sheets. */
const TARGET = 'es2022';

/** The script at `outfile`. @param {string} outfile */
export async function buildScript(outfile) {
  const { version } = JSON.parse(await readFile(join(HERE, 'package.json'), 'utf8'));
  await build({
    ...{ entryPoints: [join(SOURCE, 'script.ts')], outfile, target: TARGET },
    ...{ bundle: true, minify: true, format: 'iife', logLevel: 'error' },
    banner: { js: `/* ComputePool widget ${version}, MIT */` },
  });
}

/** `dist/index.js`, its types beside it, and the script. */
async function buildPackage() {
  await rm(DIST, { recursive: true, force: true });
  const [entry, outfile] = [join(SOURCE, 'index.ts'), join(DIST, 'index.js')];
  await build({ entryPoints: [entry], outfile, target: TARGET, bundle: true, format: 'esm', logLevel: 'error' });
  await buildScript(join(DIST, 'widget.js'));
  await buildTypes(entry);
}

/** @param {string} entry */
async function buildTypes(entry) {
  const program = ts.createProgram([entry], {
    ...{ declaration: true, emitDeclarationOnly: true, strict: true, allowImportingTsExtensions: true, types: [] },
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, outDir: DIST, rootDir: SOURCE },
    ...{
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    },
  });
  /** @type {Promise<void>[]} */
  const written = [];
  // Whoever reads them may not allow imports of `.ts`.
  const { diagnostics } = program.emit(undefined, (path, text) => {
    written.push(writeFile(path, text.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'")));
  });
  await Promise.all(written);
  const wrong = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (wrong.length > 0) throw new Error(ts.formatDiagnostics(wrong, HOST));
}

const HOST = {
  getCanonicalFileName: (/** @type {string} */ name) => name,
  getCurrentDirectory: () => HERE,
  getNewLine: () => '\n',
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPackage();
