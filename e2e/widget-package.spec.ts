// The widget as a project of somebody else takes it: packed, installed in an empty Vite project, type-checked, built, and asked there.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { openSite } from './support/site.ts';

const run = promisify(execFile);
const OFFLINE = ['--no-audit', '--no-fund', '--offline'];
const npm = (args: string[], cwd: string) =>
  run('npm', [...args, ...OFFLINE], { cwd, shell: process.platform === 'win32' });
/** A program of this repository's, run in the project. */
const tool = (path: string, args: string[], cwd: string) =>
  run(process.execPath, [resolve('node_modules', path), ...args], { cwd });

const MAIN = (server: string): string => `import { ChatError, defineComputePoolChat } from '@computepool/widget';

defineComputePoolChat('${server}/');
const chat = document.createElement('compute-pool-chat');
const out = document.createElement('output');
document.body.append(chat, out);
chat.on('ready', async () => {
  try {
    const { text, tokens }: { text: string; tokens: number } = await chat.ask('What is a shard?');
    out.textContent = \`\${tokens}: \${text}\`;
  } catch (error) {
    out.textContent = error instanceof ChatError ? \`\${error.message} \${error.next}\` : String(error);
  }
});
`;
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/** What was built, under a policy that lets in nothing but itself and the chat. */
async function serve(folder: string, server: string) {
  const policy = `default-src 'none'; script-src 'self'; frame-src ${server}`;
  const served = createServer(async ({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : url;
    const text = await readFile(join(folder, path)).catch(() => undefined);
    response.writeHead(text ? 200 : 404, {
      'Content-Type': TYPES[extname(path)] ?? 'text/plain',
      'Content-Security-Policy': policy,
    });
    response.end(text);
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => served.once('listening', listening));
  return { url: `http://localhost:${(served.address() as AddressInfo).port}/`, close: () => served.close() };
}

test('packed, installed in an empty Vite project, it is type-checked, built, and answers there', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 1, embedOrigins: '*' });
  const folder = mkdtempSync(join(tmpdir(), 'computepool-vite-'));
  try {
    const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], 'packages/widget');
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
    mkdirSync(join(folder, 'src'));
    write('package.json', '{ "name": "empty", "private": true, "type": "module" }');
    const strict = { strict: true, noEmit: true, types: [], target: 'ES2022', module: 'ESNext' };
    const compilerOptions = { ...strict, moduleResolution: 'bundler', lib: ['ES2022', 'DOM', 'DOM.Iterable'] };
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
    write('index.html', '<!doctype html><title>Empty</title><script type="module" src="/src/main.ts"></script>');
    write('src/main.ts', MAIN(site.url));
    await npm(['install', `./${filename}`], folder);
    await tool('typescript/bin/tsc', ['-p', folder], folder);
    await tool('vite/bin/vite.js', ['build', '--logLevel', 'error'], folder);

    await site.openStage();
    const dapp = await serve(join(folder, 'dist'), site.url);
    const page = await (await browser.newContext()).newPage();
    const refused: string[] = [];
    page.on('console', (message) => /Content Security Policy/.test(message.text()) && refused.push(message.text()));
    await page.goto(dapp.url);
    await expect(page.locator('output')).toContainText(/^[1-9]\d*: \S/);
    expect(refused).toEqual([]);
    await page.context().close();
    dapp.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await site.close();
  }
});
