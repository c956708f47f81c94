// What a program says, in English as all programs here do. Who reads another language is first told as much in that one.

interface Props {
  said: string;
  /** In the person's language; '' or nothing where that has no sentence of its own for it. */
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
      <p lang="en" className="mt-1 text-muted text-xs">
        {said}
      </p>
    </div>
  );
}
