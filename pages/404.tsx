// The place of what is shown for an address that leads nowhere.
export { NoSuchPage as default } from '../app/no-such-page.tsx';
