// What an empty conversation says: who answers and how much may be expected of it, and questions to begin with.
import { formatParameters, type SiteModel } from '../state/site-models.ts';
import { chatText } from '../text/english/chat.ts';
import { LargerModels } from './larger-models.tsx';

/** In English: what is this tiny was taught nothing else. */
const SAMPLES = ['What is a shard?', 'How do I join?', 'Tell me a story about a fox.'];
/** Models below it are toys beside those that people know. */
const TINY_PARAMETERS = 100_000_000;

interface Props {
  /** What is known of the model, if the site has it. */
  model: SiteModel | undefined;
  onPick(question: string): void;
}

export function FirstWords({ model, onPick }: Props) {
  const isTiny = typeof model?.parameters === 'number' && model.parameters < TINY_PARAMETERS;
  return (
    <div className="mx-auto max-w-prose space-y-4 py-8 text-center" data-testid="first-words">
      <p className="text-muted">
        {chatText.first.how}
        {isTiny && ` ${chatText.first.tiny(model.title, formatParameters(model.parameters))}`}
      </p>
      {isTiny && (
        <ul className="flex flex-wrap justify-center gap-2" lang="en" data-words="model">
          {SAMPLES.map((question) => (
            <li key={question}>
              <button type="button" className="button button-small font-normal" onClick={() => onPick(question)}>
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
      {isTiny && <LargerModels />}
    </div>
  );
}
