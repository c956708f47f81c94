import { expect, test } from 'vitest';
import { formatMarketPrice, formatPerMillion } from './format-dollars.ts';

test.each([
  [200_000, '$0.20 per million tokens'],
  [0, '$0.00 per million tokens'],
  [1, '$0.000001 per million tokens'],
  [1_234_567, '$1.234567 per million tokens'],
  [125_500, '$0.1255 per million tokens'],
  [1_000_000_000, '$1,000.00 per million tokens'],
])('%d picos for a token read %s', (picos, text) => {
  expect(formatPerMillion(picos)).toBe(text);
});

test('prompt and answer are told apart where they cost differently', () => {
  expect(formatMarketPrice({ promptMicros: 200_000, completionMicros: 200_000 })).toBe('$0.20 per million tokens');
  expect(formatMarketPrice({ promptMicros: 50_000, completionMicros: 200_000 })).toBe(
    '$0.20 per million tokens of an answer, $0.05 per million tokens of a prompt',
  );
});
