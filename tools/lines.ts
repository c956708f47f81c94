// Prints lines of test per line of product, by room; ends with 1 when a room has less than it is asked for.
import { countRooms } from './lines/count-lines.ts';
import { formatTable } from './terminal/format-table.ts';
import { runMain } from './terminal/run-main.ts';
import { listFiles, readText } from './tree/list-files.ts';

runMain(async () => {
  const paths = listFiles().filter((path) => path.endsWith('.ts'));
  const rooms = countRooms(new Map(paths.map((path) => [path, readText(path)])));
  const rows = rooms.map(({ room, product, test, ratio, least }) => [
    ...[room, String(product), String(test), ratio.toFixed(2), least.toFixed(1)],
    ratio < least ? 'too few' : '',
  ]);
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    { title: 'room' },
    right('product'),
    right('test'),
    right('test/product'),
    right('least'),
    { title: '' },
  ];
  console.log(formatTable(columns, rows).join('\n'));
  return rooms.some(({ ratio, least }) => ratio < least) ? 1 : 0;
});
