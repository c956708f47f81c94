// What stands on /docs.
import { PageLink } from '../route/page-link.tsx';
import { docsText } from '../text/english/docs.ts';
import { PageTitle } from '../ui/page-title.tsx';
import type { Doc } from './docs-list.ts';

export function DocsPage({ docs }: { docs: readonly Pick<Doc, 'name' | 'title' | 'about'>[] }) {
  return (
    <>
      <PageTitle title={docsText.title} />
      <h1 className="font-semibold text-2xl tracking-tight">{docsText.title}</h1>
      <p className="mt-2 max-w-prose text-muted">{docsText.intro}</p>
      <section className="panel mt-6 p-4 sm:p-6">
        <h2 className="font-semibold text-lg">{docsText.reference.title}</h2>
        <p className="mt-1 max-w-prose text-muted">{docsText.reference.about}</p>
        <p className="mt-4 flex flex-wrap gap-3">
          <PageLink href="/docs/reference" className="button button-primary">
            {docsText.reference.open}
          </PageLink>
          <a href="/openapi.json" className="button">
            {docsText.reference.raw}
          </a>
        </p>
      </section>
      {/* The documents are English whatever the pages speak. */}
      <ul className="mt-6 grid gap-x-8 gap-y-5 sm:grid-cols-2 lg:grid-cols-3" lang="en" data-words="document">
        {docs.map(({ name, title, about }) => (
          <li key={name}>
            <PageLink href={`/docs/${name}`} className="link font-semibold">
              {title}
            </PageLink>
            <p className="mt-1 text-muted text-sm">{about}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
