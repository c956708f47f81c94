// /docs/NAME: one document. All of them are written when the site is built.
import type { Metadata } from 'next';
import { DocFrame } from '../doc-frame.tsx';
import { DocText } from '../doc-text.tsx';
import { DOCS, type DocName, readDoc } from '../docs-list.ts';

export const dynamicParams = false;

interface Props {
  params: Promise<{ name: DocName }>;
}

export const generateStaticParams = (): { name: DocName }[] => DOCS.map((name) => ({ name }));

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { title, about } = readDoc((await params).name);
  return { title, description: about };
}

export default async function Page({ params }: Props) {
  const { title, markdown } = readDoc((await params).name);
  return (
    <DocFrame title={title}>
      <DocText markdown={markdown} />
    </DocFrame>
  );
}
