// Writes down of each contract of ours what the server and the deploy script need, so that neither needs a compiler: interface and
// bytecode. Says which sources it was made of: a test fails once they differ.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CONTRACTS: readonly string[] = ['Deployer', 'MarketPool', 'SessionEscrow', 'TestUSDC'];
const SOURCES = join('contracts', 'src');
const ARTIFACTS = join('contracts', 'artifacts');
const SOURCES_FILE = join(ARTIFACTS, 'sources.json');

/** Hash of all sources, their names included. */
export function hashSources(folder = SOURCES): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sol'));
  for (const file of files.sort()) hash.update(`${file}\n${readFileSync(join(folder, file), 'utf8')}\n`);
  return hash.digest('hex');
}

/** What the committed artifacts were made of. */
export const readSourcesHash = (): string => JSON.parse(readFileSync(SOURCES_FILE, 'utf8')).sha256;

/** Those that are committed and are not what was just compiled. */
export const staleArtifacts = (): string[] =>
  CONTRACTS.filter((name) => readIfThere(artifactPath(name)) !== compiled(name)).concat(
    readIfThere(SOURCES_FILE) === sourcesText() ? [] : ['sources'],
  );

export function writeArtifacts(): void {
  mkdirSync(ARTIFACTS, { recursive: true });
  for (const name of CONTRACTS) writeFileSync(artifactPath(name), compiled(name));
  writeFileSync(SOURCES_FILE, sourcesText());
}

function compiled(name: string): string {
  const { abi, bytecode } = JSON.parse(readFileSync(join('contracts', 'out', `${name}.sol`, `${name}.json`), 'utf8'));
  return `${JSON.stringify({ abi, bytecode: bytecode.object })}\n`;
}

const artifactPath = (name: string): string => join(ARTIFACTS, `${name}.json`);
const sourcesText = (): string => `${JSON.stringify({ sha256: hashSources() })}\n`;
const readIfThere = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
