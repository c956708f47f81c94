// /docs/NAME: one document. All of them are written when the site is built, as HTML: no reader of Markdown is sent to a browser.
import type { GetStaticPaths, GetStaticProps } from 'next';
import { type DocProps, DocView } from '../../app/docs/doc-view.tsx';
import { DOCS, type DocName, readDoc } from '../../app/docs/docs-list.ts';
import { drawDoc } from '../../app/docs/draw-doc.tsx';

type Path = { name: DocName };

export const getStaticPaths: GetStaticPaths<Path> = async () => ({
  paths: DOCS.map((name) => ({ params: { name } })),
  fallback: false,
});

export const getStaticProps: GetStaticProps<DocProps, Path> = async ({ params }) => {
  const { title, about, markdown } = readDoc(params!.name);
  return { props: { title, about, html: await drawDoc(markdown) } };
};

export default DocView;
