// Gives the window the title of a page in the language that is spoken: what comes with the page is English, for crawlers.
import { useLayoutEffect } from 'react';
import { titlePage } from './window-title.ts';

/** Before anybody is told of what the next page brings: so the last one's title does not hold that of the next. */
export function PageTitle({ title }: { title: string }) {
  useLayoutEffect(() => titlePage(title), [title]);
  return null;
}
