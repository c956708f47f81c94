// One slide: as high as the window on a screen, a sheet of its own on paper. The first one's title is that of the page.
import { type ReactNode, useId } from 'react';
import { pitchText } from '../text/english/pitch.ts';

interface Props {
  number: number;
  count: number;
  title: string;
  children: ReactNode;
}

export function Slide({ number, count, title, children }: Props) {
  const id = useId();
  const Heading = number === 1 ? 'h1' : 'h2';
  return (
    <section
      aria-labelledby={id}
      tabIndex={-1}
      data-slide={number}
      className="slide flex min-h-[78vh] flex-col justify-center border-line border-b py-10 outline-none"
    >
      <p className="label">{pitchText.place(number, count)}</p>
      <Heading id={id} className="mt-2 max-w-4xl font-semibold text-3xl leading-tight tracking-tight sm:text-4xl">
        {title}
      </Heading>
      <div className="mt-6">{children}</div>
    </section>
  );
}
