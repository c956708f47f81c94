// /embed: a chat for pages of other sites to show in a frame.
export { EmbedPage as default } from '../app/embed/embed-page.tsx';
