// /docs: the documents and the reference of the API. Their list is read when the site is built.
import type { Metadata } from 'next';
import { DOCS, readDoc } from './docs-list.ts';
import { DocsPage } from './docs-page.tsx';

export const metadata: Metadata = {
  title: 'Documents',
  description: 'How ComputePool is asked, embedded, paid, run and built: the API’s reference and the documents.',
};

export default function Page() {
  const docs = DOCS.map((name) => readDoc(name)).map(({ name, title, about }) => ({ name, title, about }));
  return <DocsPage docs={docs} />;
}
