// A titled part of a page.
import { type ReactNode, useId } from 'react';

interface Props {
  title: string;
  /** Beside the title, e.g. a button. */
  aside?: ReactNode;
  children: ReactNode;
  testId?: string;
}

export function Card({ title, aside, children, testId }: Props) {
  const id = useId();
  return (
    <section className="panel min-w-0 p-4 sm:p-6" aria-labelledby={id} data-testid={testId}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id={id} className="font-semibold text-lg">
          {title}
        </h2>
        {aside}
      </div>
      <div className="mt-3">{children}</div>
    </section>
  );
}
