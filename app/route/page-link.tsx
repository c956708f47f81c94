// A link to another page of the site, which is shown in this very window: what it lends and says goes on. That page is fetched when
// somebody follows the link: Next's own link fetches it when somebody points at it, and is 3 KB on every page.
import router from 'next/router';
import type { ComponentProps, MouseEvent } from 'react';

interface Props extends ComponentProps<'a'> {
  href: string;
}

export function PageLink({ href, onClick, ...rest }: Props) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    // Nothing is lent on a page that is not secure, and a server with https leads to it from wherever it is asked plainly.
    if (event.defaultPrevented || !isForThisWindow(event) || !window.isSecureContext) return;
    event.preventDefault();
    void router.push(href);
  };
  return <a href={href} {...rest} onClick={follow} />;
}

/** Whoever wants another window, or the address itself, is left to the browser. */
export const isForThisWindow = ({
  button,
  ctrlKey,
  metaKey,
  shiftKey,
  altKey,
  currentTarget,
}: Pick<MouseEvent<HTMLAnchorElement>, 'button' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'currentTarget'>) =>
  button === 0 && !ctrlKey && !metaKey && !shiftKey && !altKey && (currentTarget.target || '_self') === '_self';
