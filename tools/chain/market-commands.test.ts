import { parseArgs } from 'node:util';
import { expect, test } from 'vitest';
import { marketCommands } from '../../app/earn/market-commands.ts';
import { readOptions } from '../../signaling/config/read-options.ts';

test('the commands are ones that the programs take', async () => {
  const { deploy, start } = marketCommands({ chain: 'base', name: 'fast', price: '0.35' });
  const [, after] = deploy.split(' -- ');
  const given = { chain: { type: 'string' }, 'key-file': { type: 'string' }, pool: { type: 'string' } } as const;
  expect(parseArgs({ args: after!.split(' '), options: given }).values).toEqual({
    ...{ chain: 'base', 'key-file': 'FILE', pool: 'fast' },
  });
  expect(await readOptions(start.split(' -- ')[1]!.split(' '), {})).toMatchObject({
    ...{ marketPricePico: 350_000 },
    chain: { key: 'base', deploymentFile: '.data/deployments/base.json', keyFile: 'FILE' },
  });
});

test('a local chain has keys of its own', () => {
  const { deploy, start } = marketCommands({ chain: 'local', name: 'market', price: '1' });
  expect([deploy, start].join(' ')).not.toContain('FILE');
});
