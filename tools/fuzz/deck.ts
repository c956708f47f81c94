// Draws each of a set as often as any other: nothing is left out by bad luck in a short run. Pure but for the random source.
import type { SeededRandom } from '../../protocol/test-random.ts';

export class Deck<Card> {
  readonly #cards: readonly Card[];
  #left: Card[] = [];

  constructor(cards: readonly Card[]) {
    if (cards.length === 0) throw new Error('A deck without cards has nothing to draw.');
    this.#cards = cards;
  }

  draw(random: SeededRandom): Card {
    if (this.#left.length === 0) this.#left = random.shuffle([...this.#cards]);
    return this.#left.pop()!;
  }
}
