// /chat: ask a pool.
export { ChatPage as default } from '../app/chat/chat-page.tsx';
