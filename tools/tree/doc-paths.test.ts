import { describe, expect, test } from 'vitest';
import { findDeadPaths } from './find-dead-paths.ts';
import { listFiles, readText } from './list-files.ts';

test('every path that README.md and docs/ mention is there', () => {
  const files = listFiles();
  const documents = files.filter((path) => path === 'README.md' || /^docs\/.*\.md$/.test(path));
  expect(documents.flatMap((path) => findDeadPaths(path, readText(path), files))).toEqual([]);
});

describe('the check itself', () => {
  const files = ['README.md', 'app/page.tsx', 'docs/PROTOCOL.md', 'docs/receipts/split.json'];
  const find = (text: string, document = 'README.md') => findDeadPaths(document, text, files);

  test.each([
    'see `app/gone.tsx`',
    'see `app/old/`',
    'see `docs/receipts/gone.json`',
    'see [it](docs/GONE.md)',
    'see [it](docs/GONE.md#part "title")',
    'see `app/gone.tsx:12`',
  ])('%s is found', (text) => {
    expect(find(`first\n${text}`)).toHaveLength(1);
    expect(find(`first\n${text}`)[0]).toContain('README.md:2');
  });

  test.each([
    'see `app/page.tsx`, `app/` and `app/page.tsx:3`',
    'see [it](docs/PROTOCOL.md#frames), [this](#part), [that](https://example.org/app/gone.tsx)',
    'run `npm run demo -- --stages 3`, get `out/` or `onnx/model.onnx`',
    'files like `docs/receipts/<name>.json` or `app/*.tsx`',
    '```\napp/gone.tsx `app/gone.tsx`\n```',
  ])('%s is fine', (text) => {
    expect(find(text)).toEqual([]);
  });

  test('a document in a folder links from there', () => {
    expect(find('[it](receipts/split.json) and `app/page.tsx`', 'docs/PROTOCOL.md')).toEqual([]);
    expect(find('[it](docs/PROTOCOL.md)', 'docs/PROTOCOL.md')).toHaveLength(1);
  });
});
