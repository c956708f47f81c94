// /docs: the documents and the reference of the API. Their list is read when the site is built.
import type { GetStaticProps } from 'next';
import { DOCS, readDoc } from '../../app/docs/docs-list.ts';
import { DocsPage } from '../../app/docs/docs-page.tsx';

export const getStaticProps: GetStaticProps<Parameters<typeof DocsPage>[0]> = async () => ({
  props: { docs: DOCS.map((name) => readDoc(name)).map(({ name, title, about }) => ({ name, title, about })) },
});

export default DocsPage;
