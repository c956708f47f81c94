import { Template } from '@huggingface/jinja';
import { expect, test } from 'vitest';
import { renderTemplate } from './render-template.ts';

const ITEMS = { messages: [{ role: 'user', content: 'Hi' }], add_generation_prompt: true, tools: null, n: 3 };

// The library's own render is the reference.
test.each([
  '{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}',
  '{% if tools is none and None is none %}{{ true }}{{ True }}{{ false }}{{ False }}{{ none }}{% endif %}',
  '{% for i in range(n) %}{{ i }}{% endfor %}/{% for i in range(2, n + 2) %}{{ i }}{% endfor %}',
  '{% for i in range(10, 1, -3) %}{{ i }} {% endfor %}{{ range(0)|length }}{{ range(5, 2)|length }}',
  '{{ strftime_now("%Y-%m-%d") }}',
  '{% set ns = namespace(x=1) %}{% set ns.x = ns.x + n %}{{ ns.x }}',
  '{{ undefined_name is defined }}',
  '',
])('renders as the library does: %s', (text) => {
  const template = new Template(text);
  expect(renderTemplate(template, ITEMS)).toBe(template.render(ITEMS));
});

test.each(['{{ raise_exception("no tools here") }}', '{{ range(1, 5, 0) }}', '{{ missing() }}'])(
  'throws: %s',
  (text) => {
    expect(() => renderTemplate(new Template(text), ITEMS)).toThrow();
    expect(() => new Template(text).render(ITEMS)).toThrow();
  },
);

test('what a template raises is what is thrown', () => {
  expect(() => renderTemplate(new Template('{{ raise_exception("no tools here") }}'), {})).toThrow('no tools here');
});

test.each(['range(60000000)', 'range(0, 1000000000, 1)', 'range(1, -1000000000000, -1)', 'range(0, 1, 0.0000001)'])(
  'G16: %s ends before it is made',
  (call) => {
    expect(() => renderTemplate(new Template(`{% set a = ${call} %}x`), {})).toThrow(/more than 100000 numbers/);
  },
);
