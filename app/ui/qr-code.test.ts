import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { pathOf, QrCode } from './qr-code.tsx';

/** Cells that a path of such rectangles covers. */
function cellsOf(path: string, size: number): boolean[][] {
  const cells = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let at = 0; at < Number(length); at++) cells[Number(y)]![Number(x) + at] = true;
  }
  return cells;
}

test('the drawing has the cells of the code, and nothing at its edge', () => {
  const text = 'https://pool.example/join?model=owner%2Ftiny&revision=main&dtype=q4';
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const cells = cellsOf(pathOf(data), size);
  expect(cells).toEqual(data);
  expect(cells.slice(0, 4).flat()).not.toContain(true);
  expect(cells[4]!.slice(4, 11), 'a finder begins in the corner').toEqual(Array.from({ length: 7 }, () => true));
});

test('it says what it is, and is dark on light', () => {
  const html = renderToStaticMarkup(createElement(QrCode, { text: 'x', title: 'QR code of the invite' }));
  expect(html).toContain('role="img" aria-label="QR code of the invite"');
  expect(html).toContain('fill="#ffffff"');
});
