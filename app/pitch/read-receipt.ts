// Reads the receipts of benches when the site is built: what the deck says is what was measured, and a receipt that has changed its
// shape stops the build.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Those that the deck names. */
export const RECEIPTS = [
  ...[
    'soak',
    'settlement-property',
    'ring-distance-guide-4m',
    'speculation',
    'sessions',
    'solo-vs-transformers-wasm-q4',
  ],
  ...['chaos', 'fuzz', 'attack', 'back-after-restart', 'session-gas'],
] as const;
export type ReceiptName = (typeof RECEIPTS)[number];

export const readReceiptText = (name: ReceiptName): string =>
  readFileSync(join(process.cwd(), 'docs', 'receipts', `${name}.json`), 'utf8');

/** A receipt, with every step into it checked. */
export class ReceiptReader {
  readonly #name: string;
  readonly #value: unknown;

  constructor(name: string, text: string) {
    this.#name = name;
    this.#value = JSON.parse(text);
  }

  /** Throws where there is none. */
  number(...path: readonly (string | number)[]): number {
    const value = this.#at(path);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#lacks(path);
    return value;
  }

  text(...path: readonly (string | number)[]): string {
    const value = this.#at(path);
    if (typeof value !== 'string') throw this.#lacks(path);
    return value;
  }

  isTrue(...path: readonly (string | number)[]): boolean {
    return this.#at(path) === true;
  }

  list(...path: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[] {
    const value = this.#at(path);
    if (!Array.isArray(value)) throw this.#lacks(path);
    return value;
  }

  #at(path: readonly (string | number)[]): unknown {
    return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], this.#value);
  }

  #lacks(path: readonly (string | number)[]): Error {
    return new Error(`The receipt ${this.#name} has no such thing at ${path.join('.')}.`);
  }
}
