// A link to another page of the site, which is shown in this very window: what it lends and says goes on. That page is fetched when
// somebody follows the link, and not because it is in view.
import Link from 'next/link';
import type { ComponentProps } from 'react';

export const PageLink = (props: ComponentProps<typeof Link>) => <Link prefetch={false} {...props} />;
