// Runs in a page with nothing to draw: drives answers over the coalition of a site, as the chat tab's worker does.
import { openPoolLinks, type PoolLinks } from '../../e2e/support/pool-links.ts';
import { type ModelRef, poolIdOf } from '../../protocol/ids.ts';
import { JobGrant } from '../../shard-worker/driver/job-grant.ts';
import { LoopClient } from '../../shard-worker/driver/loop-client.ts';
import { LoopRing } from '../../shard-worker/driver/loop-ring.ts';
import { type TimedAnswer, timedAnswer } from './timed-answer.ts';

declare global {
  interface Window {
    drive(origin: string, model: ModelRef, prompt: number[], maxTokens: number): Promise<TimedAnswer>;
  }
}

let driver: Promise<{ links: PoolLinks; conversation: LoopClient }> | undefined;

async function open(origin: string, model: ModelRef, prompt: number[], maxTokens: number) {
  const links = await openPoolLinks(origin, model, { promptTokens: prompt.length, maxTokens });
  const { self, coalition, entry, exit } = links;
  const ring = new LoopRing({ epoch: coalition.epoch, self, entry, exit, seats: coalition.seats });
  // Each answer asks for its own.
  links.done(links.grant);
  return { links, conversation: new LoopClient(async () => ring) };
}

window.drive = async (origin, model, prompt, maxTokens) => {
  driver ??= open(origin, model, prompt, maxTokens);
  const { links, conversation } = await driver;
  const expected = { publicKey: links.orchestratorKey, driver: links.self, pool: poolIdOf(model) };
  const grant = await links.askAgain(prompt.length);
  try {
    return await timedAnswer(conversation, prompt, maxTokens, await JobGrant.read(grant, expected));
  } finally {
    links.done(grant);
  }
};
