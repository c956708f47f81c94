// Models that come with this program. What an operator's own ones are, the operator says, in words of their own.
import { catalogue } from '../catalogue.ts';

export const englishOwnModels = {
  about: {
    'computepool/guide-4m':
      'The network’s own helper: explains ComputePool, does small sums, tells short stories. Trained from scratch.',
    'computepool/guide-4m-draft': 'Two-layer draft model for speculative decoding with Guide 4M; same tokenizer.',
  } as Readonly<Record<string, string>>,
};

export const ownModelsText = catalogue('ownModels', englishOwnModels);
