import { expect, test } from 'vitest';
import { DEFAULT_MODEL } from '../../signaling/config/defaults.ts';
import { UsageError } from '../../signaling/config/usage-error.ts';
import { HELP, readDemoOptions } from './read-demo-options.ts';

test('without options: three tabs, the site’s own model, whatever backend there is', () => {
  expect(readDemoOptions([])).toMatchObject({
    stages: 3,
    prompt: 'What is ComputePool?',
    backend: undefined,
    model: DEFAULT_MODEL,
    timeoutMs: 180_000,
    json: false,
    keep: false,
  });
});

test('made-up weights of gigabytes have more time', () => {
  expect(readDemoOptions(['--random', '3.6b'])).toMatchObject({ random: '3.6b', timeoutMs: 900_000 });
  expect(readDemoOptions(['--random', '3.6b', '--timeout', '9'])).toMatchObject({ timeoutMs: 9_000 });
});

test('options are read', () => {
  const args = '--stages 2 --backend webgpu --model a/b --dtype fp32 --max-tokens 8 --seed 7 --temperature 0.5 --json';
  expect(readDemoOptions(args.split(' '))).toMatchObject({
    stages: 2,
    backend: 'webgpu',
    model: { repo: 'a/b', revision: 'main', dtype: 'fp32' },
    maxTokens: 8,
    seed: 7,
    temperature: 0.5,
    json: true,
  });
});

test.each([
  [['--stages', '0'], '--stages must be a whole number from 1'],
  [['--stages', '2.5'], '--stages must be a whole number'],
  [['--stages', ''], '--stages must be a whole number'],
  [['--temperature', 'hot'], '--temperature must be a number from 0 to 5, not "hot".'],
  [['--backend', 'cuda'], '--backend must be webgpu or wasm'],
  [['--model', '../secret'], '--model must be owner/name'],
  [['--dtype', 'q3'], '--dtype must be one of fp32'],
  [['--random', '36b'], '--random must be 3.6b, not "36b"'],
  [['--prompt', '  '], '--prompt is empty'],
  [['--stage', '2'], 'Run with --help for the options.'],
])('%j is refused in words', (args, sentence) => {
  expect(() => readDemoOptions(args)).toThrow(UsageError);
  expect(() => readDemoOptions(args)).toThrow(sentence);
});

test('help names every option', () => {
  expect(readDemoOptions(['--help'])).toBe('help');
  for (const name of ['stages', 'prompt', 'backend', 'max-tokens', 'screenshot', 'keep']) {
    expect(HELP).toContain(`--${name} `);
  }
});
