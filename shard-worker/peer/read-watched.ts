// What whoever only looks at a pool hears of its server, without the schemas that peers read by: their program is 20 KB, and a page
// has this before anybody presses anything. It comes from the server that the page itself came from.
import type { ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const haveTexts = (fields: Fields, ...names: string[]): boolean =>
  names.every((name) => typeof fields[name] === 'string');
const haveNumbers = (fields: Fields, ...names: string[]): boolean =>
  names.every((name) => typeof fields[name] === 'number');
const isListOf = (value: unknown, is: (each: Fields) => boolean): boolean =>
  Array.isArray(value) && value.every((each) => isFields(each) && is(each));

const isPool = (each: Fields): boolean =>
  haveTexts(each, 'pool', 'state', 'reason') && haveNumbers(each, 'peers') && isFields(each.model);
const isSeat = (each: Fields): boolean =>
  haveTexts(each, 'peer', 'device') && haveNumbers(each, 'start', 'end', 'totalBytes', 'loadedBytes');

/** What is drawn of each message that somebody who watches hears. */
const WATCHED: Readonly<Record<string, (message: Fields) => boolean>> = {
  challenge: (message) => haveTexts(message, 'nonce'),
  welcome: (message) => haveNumbers(message, 'heartbeatMs'),
  pools: ({ pools }) => isListOf(pools, isPool),
  coalition: ({ coalition }) =>
    isFields(coalition) &&
    haveTexts(coalition, 'pool', 'state') &&
    haveNumbers(coalition, 'epoch') &&
    isListOf(coalition.seats, isSeat),
  retire: (message) => haveTexts(message, 'pool') && haveNumbers(message, 'epoch'),
  error: ({ error }) => isFields(error) && haveTexts(error, 'code', 'message'),
};

/** Throws `bad-message` for what cannot be drawn. What a watcher has no use for is handed on as it came. */
export function readWatched(text: string): ServerMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (cause) {
    throw new PoolError('bad-message', 'The control message is not JSON.', { cause });
  }
  const fits = isFields(message) && typeof message.type === 'string' && (WATCHED[message.type]?.(message) ?? true);
  if (!fits) throw new PoolError('bad-message', 'The control message has a field that does not fit.');
  return message as ServerMessage;
}
