// What pages say of an address and of the site's own models.
import { catalogue } from '../catalogue.ts';

export const englishState = {
  notOne: (name: string, text: string) => `The address asks for a ${name} that is not one: “${text}”.`,
  parameters: (figure: string) => `${figure} parameters`,
};

export const stateText = catalogue('state', englishState);
