import { readFileSync } from 'node:fs';
import { type Abi, toEventSignature, toFunctionSignature } from 'viem';
import { expect, test } from 'vitest';
import { ESCROW_ABI, MARKET_POOL_ABI, TOKEN_ABI } from './abi.ts';

const artifactOf = (name: string): Abi =>
  JSON.parse(readFileSync(new URL(`../contracts/artifacts/${name}.json`, import.meta.url), 'utf8')).abi;

/** Names and types, whatever arguments are called. */
function wordsOf(abi: Abi): Map<string, string> {
  const words = new Map<string, string>();
  for (const item of abi) {
    if (item.type === 'function') {
      const outputs = JSON.stringify(item.outputs, (key, value) =>
        key === 'internalType' || key === 'name' ? undefined : value,
      );
      words.set(`function ${toFunctionSignature(item)}`, `${item.stateMutability} ${outputs}`);
    } else if (item.type === 'event') {
      words.set(`event ${toEventSignature(item)}`, item.inputs.map(({ indexed }) => String(Boolean(indexed))).join());
    } else if (item.type === 'error') {
      words.set(`error ${item.name}(${item.inputs.map(({ type }) => type).join()})`, '');
    }
  }
  return words;
}

test.each([
  ['SessionEscrow', ESCROW_ABI],
  ['MarketPool', MARKET_POOL_ABI],
] as const)('what is called of %s is what its sources compile to', (name, abi) => {
  const compiled = wordsOf(artifactOf(name));
  for (const [word, more] of wordsOf(abi)) expect([word, compiled.get(word)]).toEqual([word, more]);
});

test('the test token does what is called of USDC', () => {
  const compiled = wordsOf(artifactOf('TestUSDC'));
  for (const word of wordsOf(TOKEN_ABI).keys()) expect(compiled.has(word), word).toBe(true);
});
