// What a conversation needs that has begun: fetched when somebody may ask, so that no first question waits for it.
export { ContextMeter } from './context-meter.tsx';
export { announceTurns } from './conversation.ts';
export { MessageList } from './message-list.tsx';
