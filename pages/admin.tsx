// /admin: for the server's owner.
export { AdminPage as default } from '../app/admin/admin-page.tsx';
