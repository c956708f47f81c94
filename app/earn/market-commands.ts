// The commands that make a market pool, as docs/PAYMENTS.md has them. Pure.

export interface MarketWish {
  chain: string;
  name: string;
  /** Dollars for a million tokens. */
  price: string;
}

export function marketCommands({ chain, name, price }: MarketWish): { deploy: string; start: string } {
  // A local chain has keys that everybody knows, and is made anew with its contracts.
  if (chain === 'local') {
    return {
      deploy: `npm run deploy -- --chain local --pool ${name}`,
      start: `npm start -- --chain local --market-price ${price}`,
    };
  }
  return {
    deploy: `npm run deploy -- --chain ${chain} --key-file FILE --pool ${name}`,
    start: `npm start -- --chain ${chain} --deployment .data/deployments/${chain}.json --chain-key-file FILE --market-price ${price}`,
  };
}
