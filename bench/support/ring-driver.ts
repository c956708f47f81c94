// Runs in a page with nothing to draw: drives answers over the coalition of a site, as the chat tab's worker does.

import { openPoolLinks } from '../../e2e/support/pool-links.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import { Conversation } from '../../shard-worker/driver/conversation.ts';
import { RingClient } from '../../shard-worker/driver/ring-client.ts';
import { type TimedAnswer, timedAnswer } from './timed-answer.ts';

declare global {
  interface Window {
    drive(origin: string, model: ModelRef, prompt: number[], maxTokens: number): Promise<TimedAnswer>;
  }
}

let conversation: Promise<Conversation> | undefined;

async function open(origin: string, model: ModelRef): Promise<Conversation> {
  const { self, coalition, entry, exit } = await openPoolLinks(origin, model);
  const client = new RingClient({ epoch: coalition.epoch, self, entry, exit });
  return new Conversation(async () => client);
}

window.drive = async (origin, model, prompt, maxTokens) => {
  conversation ??= open(origin, model);
  return timedAnswer(await conversation, prompt, maxTokens);
};
