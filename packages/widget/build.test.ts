// What is built: a script within its budget, and a package that a project without anything else of ours installs, type-checks and
// bundles.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildScript } from './build.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const MOST_BYTES = 5 * 1024;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'computepool-widget-'));
});
afterAll(() => rm(folder, { recursive: true }));

const npm = (args: string[], cwd: string) =>
  promisify(execFile)('npm', [...args, '--no-audit', '--no-fund', '--offline'], {
    cwd,
    shell: process.platform === 'win32',
  });

test('the script is small, brings its own styles by script alone and evaluates no text', async () => {
  const path = join(folder, 'widget.js');
  await buildScript(path);
  const script = await readFile(path, 'utf8');
  expect(gzipSync(script).length).toBeLessThanOrEqual(MOST_BYTES);
  expect(script).not.toMatch(/innerHTML|\.cssText|<style|\beval\b|new Function/);
});

const USE = `import { ChatError, type Answer, defineComputePoolChat } from '@computepool/widget';

defineComputePoolChat('https://pool.example');
const chat = document.createElement('compute-pool-chat');
const off: () => void = chat.on('token', ({ text }) => console.log(text.toUpperCase()));
chat.ask('What?').then(({ text }: Answer) => text, (error: unknown) => error instanceof ChatError && error.next);
off();
chat.close();
`;

test('the package is packed, installed in an empty project, type-checked and bundled', async () => {
  await npm(['pack', '--pack-destination', folder], HERE);
  await writeFile(join(folder, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
  await npm(['install', './computepool-widget-0.1.0.tgz'], folder);
  const main = join(folder, 'main.ts');
  const check = async (text: string): Promise<string[]> => {
    await writeFile(main, text);
    const program = ts.createProgram([main], {
      ...{ strict: true, noEmit: true, types: [], skipLibCheck: false, target: ts.ScriptTarget.ES2022 },
      ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  };
  expect(await check(USE)).toEqual([]);
  expect((await check(USE.replace("'token'", "'tokens'")))[0]).toContain('"tokens"');
  await writeFile(main, USE);
  const bundled = await build({ entryPoints: [main], bundle: true, write: false, format: 'esm', logLevel: 'silent' });
  expect(bundled.outputFiles[0]?.text).toContain('compute-pool-chat');
  // A server that draws pages imports it as well.
  const imported = "import('@computepool/widget').then(({ defineComputePoolChat: f }) => console.log(typeof f))";
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', imported], { cwd: folder });
  expect(stdout.trim()).toBe('function');
});
