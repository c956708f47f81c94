// The start page's place in the site.
export { Home as default } from '../app/home.tsx';
