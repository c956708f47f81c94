// Was die Vorführung auf der Startseite sagt, und die Zahlen des Netzes dort.
import type { englishStory } from '../english/story.ts';

const tokens = (count: number): string => `${count} Token`;

export const story: typeof englishStory = {
  oneMoment: 'Einen Moment.',
  asker: 'du',
  shard: (number) => `Teil ${number}`,
  loads: (number) => `Gewichte von Teil ${number}`,
  question: 'Gefragt',
  again: 'Noch einmal',
  phases: {
    loading: 'Diese Seite startet vier Hintergrundprogramme und lädt in drei davon je ein Drittel des Modells.',
    asking: 'Die Teile rechnen, einer nach dem anderen, Runde um Runde.',
    failed: 'Die Vorführung ist stehen geblieben.',
  },
  done: (answer, hops) => `Die Antwort ist vollständig: ${tokens(answer)} in ${hops} Weitergaben.`,
  slow: {
    label: 'Zeitlupe',
    hint: (time) =>
      `Hier ist diese Seite die Leitung und hält jede Weitergabe ${time} lang zurück, damit die Augen folgen können. Gerechnet wird so oder so im eigenen Tempo.`,
  },
  figures: {
    compute: 'In den Teilen, je Token',
    lap: 'Eine Runde',
    rate: 'Tempo',
    note: 'Eben auf diesem Gerät gemessen. Eine Runde in Zeitlupe enthält die Zeit, die diese Seite sie zurückhielt; zwischen echten Tabs steht dort das Netz.',
  },
  hops: {
    title: 'Was eben vorbeikam',
    number: (hop) => `Nr. ${hop}`,
    way: (from, to) => `${from} → ${to}`,
    carries: {
      step: (count, bytes) => `die Frage, ${tokens(count)}, ${bytes}.`,
      hidden: (count, bytes) => `ein Zwischenergebnis für ${tokens(count)}, ${bytes}.`,
      result: (_count, bytes) => `die Nummer des nächsten Tokens, ${bytes}.`,
    },
    computed: (time) => `Gerechnet in ${time}.`,
  },
  numbers: {
    title: 'Dieses Netz jetzt',
    tabs: 'Tabs, die verleihen',
    pools: 'Pools, die antworten',
    answers: 'Antworten in Arbeit im größten Pool',
    rate: 'Seine letzten Antworten, Median',
    none: 'noch keine',
    of: (ready, all) => `${ready} von ${all}`,
    away: 'Der Server antwortet nicht, darum sind seine Zahlen nicht zu sehen.',
  },
};
