import { expect, test } from 'vitest';
import { formatCode, readCode } from './invite.ts';

const SIGNS = '7K2MABCD01XYZWVT';

test('a code is shown in groups of four and read however it was typed', () => {
  expect(formatCode(SIGNS)).toBe('7K2M-ABCD-01XY-ZWVT');
  for (const typed of ['7K2M-ABCD-01XY-ZWVT', ' 7k2m abcd o1xy zwvt ', '7k2mabcdoixyzwvt', '7K2M-ABCD-0lXY-ZWVT']) {
    expect(readCode(typed), typed).toBe(SIGNS);
  }
});

test.each(['', '7K2M', `${SIGNS}0`, '7K2M-ABCD-01XY-ZWVU', '7K2M-ABCD-01XY-ZWV!', '-'.repeat(50)])(
  '“%s” is none',
  (typed) => {
    expect(readCode(typed)).toBeUndefined();
  },
);
