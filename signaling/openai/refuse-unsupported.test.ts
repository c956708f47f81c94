import { expect, test } from 'vitest';
import { TEST_MODEL } from '../http/test-site.ts';
import { failure, MESSAGES, OpenAiScene } from './test-scene.ts';

const scene = OpenAiScene.set();
const { ask, jobs, post } = scene;

/** What SillyTavern, LangChain's vLLM class and text-generation-webui send unasked. */
const SAMPLERS = { min_p: 0.05, repetition_penalty: 1.1, typical_p: 1, mirostat_mode: 0, dry_multiplier: null };

test.each([false, true])('A13: samplers of other engines are ignored, and named (stream: %s)', async (stream) => {
  const response = await post({ model: TEST_MODEL, messages: MESSAGES, max_tokens: 3, seed: 1, stream, ...SAMPLERS });
  expect(response.status).toBe(200);
  const names = Object.keys(SAMPLERS);
  expect(response.headers.get('x-computepool-ignored')).toBe(names.join(', '));
  expect(await response.text()).toContain(`"ignored":${JSON.stringify(names)}`);
  expect(jobs.orders[0]?.request).not.toHaveProperty('min_p');
});

test('A13: an answer that ignored nothing says nothing of it', async () => {
  const response = await post({ model: TEST_MODEL, messages: MESSAGES, max_tokens: 3, top_k: 4 });
  expect(response.headers.get('x-computepool-ignored')).toBeNull();
  expect(await response.text()).not.toContain('ignored');
});

test('A13: completions ignore them as well', async () => {
  const response = await post({ model: TEST_MODEL, prompt: 'a', ...SAMPLERS }, {}, '/completions');
  expect(response.headers.get('x-computepool-ignored')).toContain('min_p');
});

test('A13: what the template may read reaches the driver', async () => {
  await ask({ chat_template_kwargs: { enable_thinking: false, style: { deep: [1] } }, reasoning_effort: 'low' });
  expect(jobs.orders[0]?.request.prompt).toEqual({
    kind: 'chat',
    messages: MESSAGES,
    template: { reasoning_effort: 'low', enable_thinking: false, style: { deep: [1] } },
  });
});

test.each([
  ['a name that is none', { 'a b': 1 }],
  ['too many names', Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`n${index}`, 1]))],
  ['too much', { text: 'x'.repeat(5000) }],
  ['no object', 'enable_thinking'],
])('A13: chat_template_kwargs with %s are refused', async (_, kwargs) => {
  const error = await failure(ask({ chat_template_kwargs: kwargs }));
  expect([error.status, error.code]).toEqual([400, null]);
  expect(error.param).toMatch(/^chat_template_kwargs/);
});

test.each([
  ['tools', [{ type: 'function' }], 'unsupported_parameter'],
  ['frequency_penalty', 0.5, 'unsupported_parameter'],
  ['response_format', { type: 'json_object' }, 'unsupported_parameter'],
  ['min_pp', 0.1, 'unknown_parameter'],
  ['__proto__x', 1, 'unknown_parameter'],
])('A13: %s stays refused', async (param, value, code) => {
  const error = await failure(ask({ [param]: value }));
  expect([error.status, error.param, error.code]).toEqual([400, param, code]);
});
