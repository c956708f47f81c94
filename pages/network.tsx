// /network: the whole network, live.
export { NetworkPage as default } from '../app/network/network-page.tsx';
