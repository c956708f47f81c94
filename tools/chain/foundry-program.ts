// Where the programs of Foundry are that `contracts/` installs as packages: one for each platform, with the program inside.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export function foundryProgram(name: 'anvil' | 'forge'): string {
  const { platform, arch } = process;
  const folder = `${name}-${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  const program = platform === 'win32' ? `${name}.exe` : name;
  const file = join('contracts', 'node_modules', '@foundry-rs', folder, 'bin', program);
  if (!existsSync(file)) throw new Error(`There is no ${name} here yet: npm ci --prefix contracts installs it.`);
  return file;
}
