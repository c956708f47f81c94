// What a compiler made: our own contracts' (committed), and Superfluid's (out of the package that `contracts/` installs).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Abi, Address, Hex } from 'viem';

export interface Artifact {
  abi: Abi;
  /** With holes where libraries are to be linked. */
  bytecode: string;
  /** By file, then by library: where its address belongs, in bytes. */
  linkReferences: Record<string, Record<string, { start: number; length: number }[]>>;
}

const SUPERFLUID = join('contracts', 'node_modules', '@superfluid-finance', 'ethereum-contracts');

/** `path`: below `contracts/`, without `.sol`. */
export function superfluidArtifact(path: string): Artifact {
  const name = path.split('/').at(-1)!;
  const file = join(SUPERFLUID, 'build', 'hardhat', 'contracts', `${path}.sol`, `${name}.json`);
  if (!existsSync(file))
    throw new Error(`Superfluid's ${name} is not installed: npm ci --prefix contracts installs it.`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Bytecode of the ERC-1820 registry, as EIP-1820 fixes it. */
export const erc1820Artifact = (): { bin: string } =>
  JSON.parse(readFileSync(join(SUPERFLUID, 'dev-scripts', 'artifacts', 'ERC1820Registry.json'), 'utf8'));

/** A contract of ours, as it is committed. */
export const ownArtifact = (name: string): Artifact => ({
  linkReferences: {},
  ...JSON.parse(readFileSync(join('contracts', 'artifacts', `${name}.json`), 'utf8')),
});

/** Bytecode with the addresses of its libraries in it. Throws where one is missing. */
export function linkBytecode({ bytecode, linkReferences }: Artifact, libraries: Record<string, Address>): Hex {
  let code = bytecode.replace(/^0x/, '');
  for (const places of Object.values(linkReferences)) {
    for (const [name, references] of Object.entries(places)) {
      const at = libraries[name]?.slice(2).toLowerCase();
      if (!at) throw new Error(`The library ${name} was not deployed.`);
      for (const { start, length } of references) {
        code = code.slice(0, start * 2) + at + code.slice((start + length) * 2);
      }
    }
  }
  return `0x${code}`;
}
