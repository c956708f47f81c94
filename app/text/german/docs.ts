// Was um die Dokumente herum steht; sie selbst sind auf Englisch.
import type { englishDocs } from '../english/docs.ts';

export const docs: typeof englishDocs = {
  title: 'Dokumente',
  titleOf: (name) => `${name} · Dokumente`,
  intro: 'Wie man das hier fragt, einbettet, bezahlt, betreibt und baut. Die Dokumente sind auf Englisch.',
  reference: {
    title: 'Nachschlagewerk der Schnittstelle',
    about:
      'Jede Adresse dieses Servers mit ihren Feldern und Antworten, aus dem OpenAPI-Dokument, das er über sich selbst schreibt.',
    open: 'Nachschlagen',
    raw: 'openapi.json',
    phases: {
      loading: 'Das Nachschlagewerk wird geladen.',
      shown: 'So beschreibt sich dieser Server, auf Englisch.',
      failed: 'Das Nachschlagewerk ließ sich nicht laden. Lade die Seite neu, sobald der Server antwortet.',
    },
    drawnBy: 'Gezeichnet von Swagger UI, Apache-Lizenz 2.0, von hier ausgeliefert.',
  },
};
