// The baseline of a scenario: the whole model and its driver in one worker of a page, no network anywhere.
import type { Backend } from '../../protocol/control.ts';
import { type BenchModel, LENT_BYTES } from './bench-models.ts';
import type { BenchLab } from './open-bench-lab.ts';
import type { SoloRequest } from './solo-worker.ts';
import type { TimedAnswer } from './timed-answer.ts';

type Answer = (prompt: number[], maxTokens: number) => Promise<TimedAnswer>;

export type Solo = Answer & { close(): Promise<void> };

/** `siteUrl` is where the model's files are. */
export async function openSolo(
  bench: BenchLab,
  { model, siteUrl, backend = 'wasm' }: { model: BenchModel; siteUrl: string; backend?: Backend },
): Promise<Solo> {
  const page = await bench.openPage('solo-worker.ts', { modelsDir: model.modelsDir, isWorker: true });
  const source = { model: model.model, hubUrl: `${siteUrl}/models` };
  const answer: Answer = async (prompt, maxTokens) => {
    // As much as a stage of the ring lends: else one might compute on unpacked weights and the other not.
    const lent = { memoryBytes: LENT_BYTES, keepPacked: model.isPacked ?? false };
    const request: SoloRequest = { backend, source, prompt, maxTokens, lent };
    const { reply, error } = await page.evaluate(
      (message) =>
        new Promise<{ reply?: TimedAnswer; error?: string }>((resolve) => {
          const { worker } = window as unknown as { worker: Worker };
          worker.onmessage = (event) => resolve(event.data);
          worker.postMessage(message);
        }),
      request,
    );
    if (!reply) throw new Error(error);
    return reply;
  };
  return Object.assign(answer, { close: () => page.context().close() });
}
