// Tokens of the rows that the exit read back, with their log-probabilities where a session asks for them.
import { type CandidateRow, sampleToken } from '../sampling/sample-token.ts';
import type { OpenSession } from './open-session.ts';
import { type ResultRow, rateToken } from './result-rows.ts';

/** What the model is asked to scale logits with: 1/temperature, and 1 when greedy. */
export const inverseTemperatureOf = ({ sampling: { temperature } }: Pick<OpenSession, 'sampling'>): number =>
  temperature > 0 ? 1 / temperature : 1;

/** One result per row; `end` is the position behind the last row, which the last token is drawn for. */
export async function sampleRows(
  rows: readonly CandidateRow[],
  open: Pick<OpenSession, 'sampling' | 'logprobs'>,
  end: number,
): Promise<ResultRow[]> {
  const sampled: ResultRow[] = [];
  for (const [index, row] of rows.entries()) {
    const id = await sampleToken(row, open.sampling, end - rows.length + index + 1);
    if (open.logprobs === undefined) sampled.push({ id });
    else {
      const inverseTemperature = inverseTemperatureOf(open);
      sampled.push(await rateToken(row, id, { count: open.logprobs, inverseTemperature }));
    }
  }
  return sampled;
}
