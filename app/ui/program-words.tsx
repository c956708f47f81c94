// What a program says, in English as all programs here do. Where the person's language has a sentence for it, that one is told, and the
// program's own words are one click deeper.
import { errorText } from '../text/english/errors.ts';

interface Props {
  said: string;
  /** In the person's language; nothing where that has no sentence for it. */
  told?: string | undefined;
  className?: string;
}

export function ProgramWords({ said, told, className }: Props) {
  if (!told) {
    return (
      <p lang="en" className={className}>
        {said}
      </p>
    );
  }
  return (
    <div className={className}>
      <p>{told}</p>
      <OwnWords said={said} />
    </div>
  );
}

/** Opens. */
export const OwnWords = ({ said }: Pick<Props, 'said'>) => (
  <details className="mt-1 text-sm">
    <summary className="w-fit py-1.5">{errorText.ownWords}</summary>
    <p className="break-words" lang="en" data-words="program">
      {said}
    </p>
  </details>
);
