// OpenAI's chat messages to ours: three roles and plain texts. Pure.
import { PoolError } from '../../protocol/errors.ts';
import type { JobMessage } from '../../protocol/job.ts';
import type { ChatBody } from './chat-schema.ts';
import { unsupported } from './refuse-unsupported.ts';

type Message = ChatBody['messages'][number];

const ROLES: Record<string, JobMessage['role']> = {
  system: 'system',
  /** OpenAI's newer word for it. */
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

/** Throws `unsupported-parameter` or `bad-request`, naming `messages[i]…`. */
export const readMessages = (messages: readonly Message[]): JobMessage[] => messages.map(readMessage);

function readMessage(message: Message, index: number): JobMessage {
  const at = `messages[${index}]`;
  const role = Object.hasOwn(ROLES, message.role) ? ROLES[message.role] : undefined;
  if (!role) throw unsupported(`${at}.role`, `may be ${Object.keys(ROLES).join(', ')}`);
  for (const field of ['tool_calls', 'function_call', 'audio', 'refusal']) {
    const value = message[field];
    const isUnset = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    if (!isUnset) throw unsupported(`${at}.${field}`, 'is not supported');
  }
  return { role, content: readContent(message.content, at) };
}

function readContent(content: Message['content'], at: string): string {
  if (typeof content === 'string') return content;
  if (!content) throw badContent(`${at}.content`, 'must be a text or a list of text parts');
  return content
    .map((part, index) => {
      const where = `${at}.content[${index}]`;
      if (part.type !== 'text') throw unsupported(`${where}.type`, 'may only be "text"');
      if (part.text === undefined) throw badContent(`${where}.text`, 'is missing');
      return part.text;
    })
    .join('');
}

const badContent = (param: string, why: string): PoolError =>
  new PoolError('bad-request', `'${param}' ${why}.`, { data: { param } });
