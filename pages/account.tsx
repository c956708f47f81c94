// /account: credits, keys and browsers of whoever is logged in.
export { AccountPage as default } from '../app/account/account-page.tsx';
