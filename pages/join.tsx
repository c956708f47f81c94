// /join: lend this tab to a pool.
export { JoinPage as default } from '../app/join/join-page.tsx';
