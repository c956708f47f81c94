// Puts events of jobs into as few control messages as fit: joins what follows on within one choice, splits what is too
// large. Pure; keeps the order.
import type { JobEvent } from '../../protocol/job.ts';

/** What one message may have: protocol/control.ts says 64 events. */
const MAX_EVENTS = 64;
/** Bytes of one message: half of what the server takes, since a text's bytes are counted before they are escaped. */
const MAX_MESSAGE_BYTES = 128 * 1024;
/** Bytes of one joined delta: a message holds some of them. */
const MAX_DELTA_BYTES = 32 * 1024;
/** Ids of one delta: protocol/job.ts says 1,024. */
const MAX_DELTA_IDS = 512;

type Delta = JobEvent & { type: 'delta' };

export function packJobEvents(events: readonly JobEvent[]): JobEvent[][] {
  const messages: JobEvent[][] = [];
  let message: JobEvent[] = [];
  let bytes = 0;
  for (const event of join(events.flatMap(split))) {
    const size = bytesOf(event);
    if (message.length > 0 && (message.length >= MAX_EVENTS || bytes + size > MAX_MESSAGE_BYTES)) {
      messages.push(message);
      message = [];
      bytes = 0;
    }
    message.push(event);
    bytes += size;
  }
  if (message.length > 0) messages.push(message);
  return messages;
}

/** Many log-probabilities with long tokens may not fit into one event; their text and ids go first. */
function split(event: JobEvent): JobEvent[] {
  if (event.type !== 'delta' || !event.logprobs || event.logprobs.length < 2) return [event];
  if (bytesOf(event) <= MAX_DELTA_BYTES) return [event];
  const middle = Math.ceil(event.logprobs.length / 2);
  const first: Delta = { ...event, logprobs: event.logprobs.slice(0, middle) };
  const second: Delta = { ...event, text: '', ids: [], logprobs: event.logprobs.slice(middle) };
  return [...split(first), ...split(second)];
}

function join(events: readonly JobEvent[]): JobEvent[] {
  const joined: JobEvent[] = [];
  let lastBytes = 0;
  for (const event of events) {
    const last = joined.at(-1);
    const size = bytesOf(event);
    const fits = lastBytes + size <= MAX_DELTA_BYTES;
    if (fits && event.type === 'delta' && last?.type === 'delta' && follows(last, event)) {
      joined[joined.length - 1] = joinTwo(last, event);
      lastBytes += size;
    } else {
      joined.push(event);
      lastBytes = size;
    }
  }
  return joined;
}

const follows = (first: Delta, second: Delta): boolean =>
  first.job === second.job &&
  first.choice === second.choice &&
  first.ids.length + second.ids.length <= MAX_DELTA_IDS &&
  (first.logprobs?.length ?? 0) + (second.logprobs?.length ?? 0) <= MAX_DELTA_IDS;

function joinTwo(first: Delta, second: Delta): Delta {
  const logprobs =
    first.logprobs || second.logprobs ? [...(first.logprobs ?? []), ...(second.logprobs ?? [])] : undefined;
  return {
    ...first,
    text: first.text + second.text,
    ids: [...first.ids, ...second.ids],
    ...(logprobs ? { logprobs } : {}),
  };
}

const bytesOf = (event: JobEvent): number => new TextEncoder().encode(JSON.stringify(event)).byteLength;
