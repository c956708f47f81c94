// /docs/reference: all routes, as the server itself describes them.
export { ReferencePage as default } from '../../app/docs/reference/reference-page.tsx';
