// What stands around the documents, which are in English themselves.
import { catalogue } from '../catalogue.ts';

export const englishDocs = {
  title: 'Documents',
  titleOf: (name: string) => `${name} · Documents`,
  intro: 'How this is asked, embedded, paid, run and built. The documents are in English.',
  reference: {
    title: 'API reference',
    about:
      'Every route of this server with its fields and answers, from the OpenAPI document that it writes about itself.',
    open: 'Open the reference',
    raw: 'openapi.json',
    phases: {
      loading: 'The reference is loading.',
      shown: 'As this server describes itself, in English.',
      failed: 'The reference could not be loaded. Reload the page once the server answers.',
    },
    drawnBy: 'Drawn by Swagger UI, Apache License 2.0, served from here.',
  },
};

export const docsText = catalogue('docs', englishDocs);
