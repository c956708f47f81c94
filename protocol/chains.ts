// The chains that market pools can be paid on: addresses, times and quirks. Everything that differs between them is here, and only here.
import type { CHAIN_KEYS } from './names.ts';

export interface Chain {
  /** As EIP-155 has it; x402 names it `eip155:<id>`. */
  id: number;
  name: string;
  /** What people write: `--chain base-sepolia`. */
  key: (typeof CHAIN_KEYS)[number];
  /** A public one, slow and limited: whoever runs a server brings their own. */
  rpcUrl: string;
  explorerUrl?: string;
  nativeSymbol: string;
  /** Absent: a test token is deployed, worth nothing. Name and version are of its EIP-712 domain. */
  usdc?: { address: `0x${string}`; name: string; version: string };
  /** Superfluid's own deployment; absent: the deploy script brings the framework, with the times below. */
  superfluid?: { host: `0x${string}`; gdaForwarder: `0x${string}` };
  /** A stream's buffer is so many seconds of it. Where Superfluid is there already, what its governance says is read. */
  liquidationSeconds: number;
  patricianSeconds: number;
  /** Blocks after which a transaction is taken to stay. */
  confirmations: number;
  blockSeconds: number;
  gas: {
    /** Exact estimates run out now and then: a call inside gets 63 / 64 of what is left. */
    percent: number;
    /** Fixed price, wei, where the node's own answer is too low. */
    priceWei?: bigint;
  };
  /** For what a session's fee must cover, as of November 2026; 0 where gas is worth nothing. */
  dollarsPerMillionGas: number;
  /** Receipts may lag behind: how often, and for how long they are asked for. */
  receipt: { everyMs: number; withinMs: number };
}

const GDA_FORWARDER = '0x6DA13Bde224A05a288748d857b9e7DDEffd1dE08';
const GAS = { percent: 130 };

export const CHAINS: readonly Chain[] = [
  {
    ...{ id: 31337, name: 'Local chain', key: 'local', rpcUrl: 'http://127.0.0.1:8545', nativeSymbol: 'ETH' },
    ...{ liquidationSeconds: 600, patricianSeconds: 300, confirmations: 0, blockSeconds: 0, gas: GAS },
    // As Base: a local chain shows what one costs.
    dollarsPerMillionGas: 0.005,
    receipt: { everyMs: 50, withinMs: 30_000 },
  },
  {
    ...{ id: 84532, name: 'Base Sepolia', key: 'base-sepolia', nativeSymbol: 'ETH' },
    ...{ rpcUrl: 'https://sepolia.base.org', explorerUrl: 'https://sepolia.basescan.org' },
    usdc: { address: '0x036CbD53842c5426634e7929541eC2318f3dCF7e', name: 'USDC', version: '2' },
    superfluid: { host: '0x109412E3C84f0539b43d39dB691B08c90f58dC7c', gdaForwarder: GDA_FORWARDER },
    ...{ liquidationSeconds: 3_600, patricianSeconds: 720, confirmations: 2, blockSeconds: 2, gas: GAS },
    dollarsPerMillionGas: 0,
    receipt: { everyMs: 500, withinMs: 120_000 },
  },
  {
    ...{ id: 8453, name: 'Base', key: 'base', nativeSymbol: 'ETH' },
    ...{ rpcUrl: 'https://mainnet.base.org', explorerUrl: 'https://basescan.org' },
    usdc: { address: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', name: 'USD Coin', version: '2' },
    superfluid: { host: '0x4C073B3baB6d8826b8C5b229f3cfdC1eC6E47E74', gdaForwarder: GDA_FORWARDER },
    ...{ liquidationSeconds: 14_400, patricianSeconds: 1_800, confirmations: 5, blockSeconds: 2, gas: GAS },
    // 0.002 gwei at $2,500 for an ETH.
    dollarsPerMillionGas: 0.005,
    receipt: { everyMs: 500, withinMs: 120_000 },
  },
  {
    ...{ id: 16602, name: '0G Galileo', key: '0g-galileo', nativeSymbol: 'OG' },
    ...{ rpcUrl: 'https://evmrpc-testnet.0g.ai', explorerUrl: 'https://chainscan-galileo.0g.ai' },
    ...{ liquidationSeconds: 600, patricianSeconds: 300, confirmations: 3, blockSeconds: 1 },
    dollarsPerMillionGas: 0,
    // Its node says 1 wei of tip, and takes nothing below 2 gwei.
    gas: { ...GAS, priceWei: 5_000_000_000n },
    receipt: { everyMs: 2_000, withinMs: 120_000 },
  },
];
