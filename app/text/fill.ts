// Sentences with an element inside, such as a link: `Read {terms} first.` with what stands for `terms`.
import { createElement, Fragment, type ReactNode } from 'react';

/** Each `{name}` of the text is what `parts` has for it; one that it lacks stays as written. */
export function fill(text: string, parts: Readonly<Record<string, ReactNode>>): ReactNode[] {
  return text.split(/(\{\w+\})/).map((piece, index) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    const part = name !== undefined && Object.hasOwn(parts, name) ? parts[name] : piece;
    return createElement(Fragment, { key: index }, part);
  });
}
