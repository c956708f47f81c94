// /pools: what the network serves now.
export { PoolsPage as default } from '../app/pools/pools-page.tsx';
