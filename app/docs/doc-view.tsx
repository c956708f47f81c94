// One document, as it was drawn when the site was built, and the way back from it.
import { PageLink } from '../route/page-link.tsx';
import { docsText } from '../text/english/docs.ts';
import { PageTitle } from '../ui/page-title.tsx';

export interface DocProps {
  title: string;
  about: string;
  /** What `drawDoc` made of a file of this repository: raw HTML in it is left out there. */
  html: string;
}

export function DocView({ title, html }: DocProps) {
  return (
    <>
      <PageTitle title={docsText.titleOf(title)} />
      <PageLink href="/docs" className="link text-sm">
        ← {docsText.title}
      </PageLink>
      <article lang="en" data-words="document" className="mx-auto mt-3 max-w-4xl">
        <h1 className="font-semibold text-3xl tracking-tight">{title}</h1>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: drawn by the build from a document of this repository */}
        <div dangerouslySetInnerHTML={{ __html: html }} />
      </article>
    </>
  );
}
