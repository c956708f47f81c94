// What stands around a document: the way back, and its title.
'use client';
import type { ReactNode } from 'react';
import { PageLink } from '../route/page-link.tsx';
import { docsText } from '../text/english/docs.ts';
import { PageTitle } from '../ui/page-title.tsx';

export function DocFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <PageTitle title={title} />
      <PageLink href="/docs" className="link text-sm">
        ← {docsText.title}
      </PageLink>
      <article lang="en" className="mx-auto mt-3 max-w-4xl">
        <h1 className="font-semibold text-3xl tracking-tight">{title}</h1>
        {children}
      </article>
    </>
  );
}
