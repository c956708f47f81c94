// /trust: how a device comes to believe a server of its own network.
export { TrustPage as default } from '../app/trust/trust-page.tsx';
