import { expect, test } from 'vitest';
import { preflightText } from '../text/english/preflight.ts';
import { listPreflight, type PreflightFacts, type PreflightLine } from './preflight-lines.ts';

const LOOKING: PreflightFacts = {
  ...{ isSecure: true, wish: 'auto', gpu: 'looking', guessBytes: 'looking', model: 'looking', runtime: 'looking' },
  ...{ disk: 'looking', isOnline: true, network: 'looking', hasStun: true },
};
const GOOD: PreflightFacts = {
  ...LOOKING,
  gpu: { kind: 'found', name: 'apple · metal-3', isSoftware: false },
  ...{ guessBytes: 2e9, model: { kind: 'found', bytes: 4e9 }, runtime: { bytes: 26e6, wireBytes: 5e6 } },
  ...{ disk: { freeBytes: 9e9 }, network: 'public' },
};
const line = (name: PreflightLine['name'], facts: Partial<PreflightFacts>): PreflightLine =>
  listPreflight({ ...GOOD, ...facts }).find((each) => each.name === name)!;
const marks = (facts: PreflightFacts) => listPreflight(facts).map(({ mark }) => mark);

test('nothing is fine before it was looked at, and speed is promised by nobody', () => {
  expect(marks(LOOKING)).toEqual(['ok', 'looking', 'looking', 'looking', 'looking', 'looking', 'note']);
  expect(marks(GOOD)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'note']);
});

test.each<[string, Partial<PreflightFacts>, PreflightLine['name'], PreflightLine['mark'], string]>([
  ['no https', { isSecure: false }, 'secure', 'problem', preflightText.secure.insecure],
  ['a GPU by its name', {}, 'gpu', 'ok', 'apple · metal-3'],
  ['one in software', { gpu: { kind: 'found', name: 'SwiftShader', isSoftware: true } }, 'gpu', 'note', 'SwiftShader'],
  ['none', { gpu: { kind: 'none', hasApi: true } }, 'gpu', 'note', preflightText.gpu.cpu],
  ['none, and wanted', { gpu: { kind: 'none', hasApi: false }, wish: 'webgpu' }, 'gpu', 'problem', 'will fail'],
  ['one that cannot be known', { gpu: 'unknown' }, 'gpu', 'note', preflightText.gpu.noApi],
  ['the CPU, as chosen', { wish: 'wasm' }, 'gpu', 'note', preflightText.gpu.cpuChosen],
  ['memory that was chosen', { memoryBytes: 512e6 }, 'memory', 'ok', '512 MB'],
  ['a model larger than what is lent', {}, 'load', 'ok', 'the model’s 4 GB as 2 GB hold'],
  ['the program’s bytes as they travel', {}, 'load', 'ok', '5 MB'],
  ['a model that fits', { memoryBytes: 8e9 }, 'load', 'ok', 'perhaps all of its 4 GB'],
  ['a model of unknown size', { model: 'unknown', runtime: 'unknown' }, 'load', 'note', 'shows when it is read'],
  ['a format that is missing', { model: { kind: 'missing', dtypes: ['q4'] } }, 'load', 'problem', 'no weights'],
  ['little room', { disk: { freeBytes: 1e9 } }, 'disk', 'note', 'Only 1 GB free'],
  ['room for what is lent', { disk: { freeBytes: 3e9 } }, 'disk', 'ok', '3 GB free'],
  ['room that nobody tells', { disk: 'unknown' }, 'disk', 'note', 'does not say'],
  ['no network', { isOnline: false }, 'network', 'problem', 'offline'],
  ['no WebRTC', { network: 'no-webrtc' }, 'network', 'problem', 'WebRTC'],
  ['no address', { network: 'mute' }, 'network', 'problem', 'no address'],
  ['a local address alone', { network: 'local' }, 'network', 'note', 'others perhaps not'],
  ['nobody to ask for a public one', { network: 'local', hasStun: false }, 'network', 'note', 'shows when they try'],
  ['nothing known', { network: 'unknown' }, 'network', 'note', 'shows when they try'],
])('%s', (_, facts, name, mark, text) => {
  const found = line(name, facts);
  expect(found).toMatchObject({ mark, text: expect.stringContaining(text) });
  if (mark === 'problem') expect(found.todo).toBeTruthy();
});

test('which formats there are is said where one is missing', () => {
  expect(line('load', { model: { kind: 'missing', dtypes: ['q4', 'fp32'] } }).todo).toContain('q4, fp32');
  expect(line('load', { model: { kind: 'missing', dtypes: [] } }).todo).toBe(preflightText.load.otherModel);
});
