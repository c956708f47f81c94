// What a fuzzer has heard of, by the name of the field that it stood in: a message that names a job which runs gets further than
// one that names any.

/** Values kept for one field. The newest matter. */
const MAX_VALUES = 6;
const MAX_CHARS = 4096;
/** Numbers that name something; of the others the edges matter more than what the server last said. */
const NAMING_NUMBERS = new Set(['epoch', 'ask']);

export class KnownValues {
  readonly #values = new Map<string, unknown[]>();
  readonly #always: Record<string, readonly unknown[]>;

  constructor(always: Record<string, readonly unknown[]> = {}) {
    this.#always = always;
  }

  readonly of = (field: string): readonly unknown[] => [
    ...(Object.hasOwn(this.#always, field) ? this.#always[field]! : []),
    ...(this.#values.get(field) ?? []),
  ];

  add(field: string, value: unknown): void {
    const values = this.#values.get(field) ?? [];
    if (values.includes(value)) return;
    this.#values.set(field, [...values, value].slice(-MAX_VALUES));
  }

  /** Reads every name and number in an answer, and what a token of the server says within. */
  learn(value: unknown, field = '', depth = 0): void {
    if (depth > 8) return;
    if (typeof value === 'string' && value.length > 0 && value.length <= MAX_CHARS) {
      if (field === 'grant' || field === 'ticket') this.#learnToken(value);
      this.add(field, value);
    } else if (typeof value === 'number' && NAMING_NUMBERS.has(field)) this.add(field, value);
    else if (Array.isArray(value)) for (const one of value.slice(0, 8)) this.learn(one, field, depth + 1);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value)) this.learn(one, name, depth + 1);
    }
  }

  #learnToken(token: string): void {
    try {
      this.learn(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()), '', 1);
    } catch {
      // No token, or none that can be read: nothing to learn.
    }
  }
}
