// /docs/reference: all routes, as the server itself describes them.
import type { Metadata } from 'next';
import { ReferencePage } from './reference-page.tsx';

export const metadata: Metadata = {
  title: 'API reference',
  description: 'Every route of this server, its fields and its answers, from the OpenAPI document that it serves.',
};

export default function Page() {
  return <ReferencePage />;
}
