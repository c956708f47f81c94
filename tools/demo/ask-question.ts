// Asks on the chat page as a person does, and streams the answer as the page shows it. Bounded.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../shard-worker/words/peer-state.ts';
import { UsageError } from '../../signaling/config/usage-error.ts';
import type { DemoTabs } from './open-tabs.ts';
import { textGrowth } from './text-growth.ts';
import { failure } from './wait-for-coalition.ts';

const POLL_MS = 50;
const KEY_DELAY_MS = 15;
/** The page draws the end of an answer and then hands it out: a moment between them is normal. */
const HAND_OUT_MS = 5_000;

interface Asking {
  timeoutMs: number;
  signal: AbortSignal;
  write(text: string): void;
}

/** The page's own record of the answer. Throws `UsageError` when it fails or does not end in time. */
export async function askQuestion(
  tabs: DemoTabs,
  prompt: string,
  { timeoutMs, signal, write }: Asking,
): Promise<Answer> {
  const { chat } = tabs;
  const composer = chat.getByTestId('composer');
  await composer.click();
  await composer.pressSequentially(prompt, { delay: KEY_DELAY_MS });
  await chat.getByTestId('send').click();
  const deadline = performance.now() + timeoutMs;
  let shown = '';
  for (;;) {
    const { status, text } = await chat.evaluate(() => {
      const answer = [...document.querySelectorAll<HTMLElement>('[data-testid="answer"]')].at(-1);
      const body = answer?.querySelector<HTMLElement>('.answer-text');
      return { status: answer?.dataset.status, text: body?.innerText ?? '' };
    });
    write(textGrowth(shown, text));
    shown = text;
    if (status === 'done') break;
    if (status === 'error') throw await failure(chat, 'The answer', tabs);
    if (status === 'cancelled') throw new UsageError('The answer was cancelled on the page.');
    if (performance.now() > deadline) {
      throw new UsageError(
        [
          ...tabs.faults,
          `The answer was not complete within ${timeoutMs / 1000} s.`,
          'Give it more time with --timeout, or end it sooner with --max-tokens.',
        ].join('\n'),
      );
    }
    await sleep(POLL_MS, undefined, { signal });
  }
  return readLastAnswer(tabs, signal);
}

async function readLastAnswer({ chat }: DemoTabs, signal: AbortSignal): Promise<Answer> {
  const deadline = performance.now() + HAND_OUT_MS;
  for (;;) {
    const answer = await chat.evaluate(
      () => (window as { __computepool?: { lastAnswer?: Answer } }).__computepool?.lastAnswer,
    );
    if (answer) return answer;
    if (performance.now() > deadline) {
      throw new UsageError(
        'The chat page did not hand out its last answer. Build the site again: rm -r out, then retry.',
      );
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}
