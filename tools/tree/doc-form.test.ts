import { describe, expect, test } from 'vitest';
import { listFiles, readText } from './list-files.ts';

const MAX_COLUMNS = 120;
const README_WORDS = 1000;
const docs = listFiles().filter((path) => /^(docs\/)?[A-Z_]+\.md$/.test(path));

/** Lines of prose that are too wide; tables, code, quotes and pictures cannot be wrapped. */
function findWideLines(text: string): string[] {
  let isCode = false;
  return text.split('\n').filter((line) => {
    if (line.trimStart().startsWith('```')) isCode = !isCode;
    const isFixed = isCode || /^( {4}|\s*\||\s*!\[|>|\[[^\]]+\]:)/.test(line) || !line.trim().includes(' ');
    return !isFixed && line.length > MAX_COLUMNS;
  });
}

test.each(docs)('%s is wrapped', (path) => {
  expect(findWideLines(readText(path))).toEqual([]);
});

test('the papers are there', () => {
  const papers = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE', '.editorconfig'];
  expect(listFiles()).toEqual(expect.arrayContaining([...papers, '.github/workflows/ci.yml', '.ci/run']));
  expect(readText('.github/workflows/ci.yml')).toContain('.ci/run');
});

test(`the README can be read in five minutes`, () => {
  // Its table of figures is looked at, not read.
  const text = readText('README.md').replace(/<!-- chaos:.*<!-- \/chaos -->/s, '');
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(README_WORDS);
});

describe('the check itself', () => {
  const wide = 'word '.repeat(30);
  test.each([wide, `- ${wide}`, `    \n${wide}`, `# ${wide}`])('%s is found', (text) => {
    expect(findWideLines(text)).toHaveLength(1);
  });
  test.each([`| ${wide} |`, `\`\`\`\n${wide}\n\`\`\``, `    ${wide}`, 'x'.repeat(200), 'short'])(
    '%s is not',
    (text) => {
      expect(findWideLines(text)).toEqual([]);
    },
  );
});
