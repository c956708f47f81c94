// Was Seiten über eine Adresse und über die eigenen Modelle der Site sagen.
import type { englishState } from '../english/state.ts';

export const state: typeof englishState = {
  notOne: (name, text) => `Die Adresse nennt als „${name}“ etwas, das dort nicht passt: „${text}“.`,
  parameters: (figure) => `${figure} Parameter`,
};
