// The door of the package for pages that are built: the element and its types.
export { ChatError, type ChatEvents, ComputePoolChat, defineComputePoolChat } from './compute-pool-chat.ts';
export type { PageWallet } from './wallet-bridge.ts';
export type { Answer, Colour, Look } from './words.ts';
