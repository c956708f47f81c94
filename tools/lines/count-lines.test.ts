import { expect, test } from 'vitest';
import { countLines, countRooms } from './count-lines.ts';

test('empty lines and comments alone do not count', () => {
  expect(countLines('// a\n\nconst a = 1; // b\n/** c\n * d\n */\n}\n')).toBe(2);
});

test('rooms by what they lack, tests told from what runs', () => {
  const line = 'const a = 1;\n';
  const rooms = countRooms(
    new Map([
      ['signaling/jobs/a.ts', line.repeat(10)],
      ['signaling/jobs/a.test.ts', line.repeat(9)],
      ['signaling/http/b.ts', line.repeat(10)],
      ['signaling/http/test-site.ts', line.repeat(3)],
      ['signaling/http/b.test.ts', line.repeat(6)],
      ['app/chat/page.tsx', line.repeat(99)],
      ['tools/x.ts', line.repeat(99)],
    ]),
  );
  expect(rooms).toEqual([
    { room: 'signaling/jobs', product: 10, test: 9, ratio: 0.9, least: 1 },
    { room: 'signaling/http', product: 10, test: 9, ratio: 0.9, least: 0.8 },
  ]);
});
