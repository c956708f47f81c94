// The last answer with its exact numbers, as plain data on the window: for programs that drive the page (the demo, the
// browser tests, a person's own console), which would otherwise read rounded figures off the screen.
import type { Answer } from '../../shard-worker/index.ts';

interface Published {
  answers: number;
  lastAnswer: Answer;
}

declare global {
  interface Window {
    __computepool?: Published;
  }
}

export function publishAnswer(answer: Answer): void {
  window.__computepool = { answers: (window.__computepool?.answers ?? 0) + 1, lastAnswer: answer };
}
