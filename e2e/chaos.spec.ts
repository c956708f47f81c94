// The quick part of the chaos matrix: two of its cells that no other spec has. All of them: npm run chaos.
import { expect, test } from '@playwright/test';
import { selectCells } from '../bench/chaos/cells.ts';
import { runCell } from '../bench/chaos/run-cell.ts';

for (const name of ['freeze middle decode', 'close middle prefill']) {
  test(`chaos: ${name}`, async () => {
    const { rounds, notShown, silentS } = await runCell(selectCells(name)[0]!);
    test.info().annotations.push({ type: 'seconds without tokens', description: String(silentS) });
    expect(notShown).toBeUndefined();
    expect(rounds.map(({ faults }) => faults)).toEqual([[]]);
  });
}
