// Die Modelle, die zu diesem Programm gehören.
import type { englishOwnModels } from '../english/own-models.ts';

export const ownModels: typeof englishOwnModels = {
  about: {
    'computepool/guide-4m':
      'Der Helfer dieses Netzes: erklärt ComputePool, rechnet kleine Summen, erzählt kurze Geschichten. Von Grund auf dafür trainiert.',
    'computepool/guide-4m-draft':
      'Entwurfsmodell mit zwei Schichten, das für Guide 4M vorausrät; mit demselben Tokenizer.',
  },
};
