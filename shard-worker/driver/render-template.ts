// Runs a model's own chat template, with bounds that the library does not have: a list that it makes from nothing is never so long
// that the tab, or whoever counts prompts, ends with it.
import { Environment, Interpreter, Template } from '@huggingface/jinja';

/** Templates count messages and tools with it. */
const MOST_IN_RANGE = 100_000;

/** The library's own, which it does not export. */
const NOW = new Template('{{ strftime_now(format) }}');

/**
 * What the template makes of `items`. Throws what the template raises, and a `RangeError` where it counts too far.
 *
 * @example
 * renderTemplate(new Template('{{ name }}'), { name: 'you' }); // 'you'
 */
export function renderTemplate({ parsed }: Template, items: Record<string, unknown>): string {
  const environment = new Environment();
  const globals = { false: false, true: true, none: null, False: false, True: true, None: null };
  for (const [name, value] of Object.entries({ ...globals, ...FUNCTIONS, ...items })) environment.set(name, value);
  return String(new Interpreter(environment).run(parsed).value);
}

const FUNCTIONS = {
  raise_exception(message: unknown): never {
    throw new Error(String(message));
  },
  strftime_now: (format: string): string => NOW.render({ format }),
  range: boundedRange,
};

/** Jinja's `range`: numbers from `start`, or 0, up to but without `stop`. */
function boundedRange(first: number, last?: number, step = 1): number[] {
  const [start, stop] = last === undefined ? [0, first] : [first, last];
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= MOST_IN_RANGE)) throw new RangeError(`range() of more than ${MOST_IN_RANGE} numbers.`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}
