// Was auf /network steht.
import type { englishNetwork } from '../english/network.ts';

const tabs = (count: number): string => `${count} ${count === 1 ? 'Tab' : 'Tabs'}`;
const rings = (count: number): string => `${count} ${count === 1 ? 'Ring' : 'Ringe'}`;

export const network: typeof englishNetwork = {
  title: 'Netz',
  intro:
    'Alle Tabs, die gerade verliehen sind, die Ringe, in denen Tabs gemeinsam ein Modell halten, und die Token, die durch sie laufen. Name oder Adresse steht hier von niemandem: Die Tabs haben erfundene Namen, die alle zehn Minuten wechseln.',
  asking: 'Der Server wird nach dem Netz gefragt.',
  asItWas: 'Das Netz wird so gezeigt, wie es war. Antworten, die begonnen haben, gehen weiter.',
  comesLater: 'Das Netz kommt mit ihm.',
  evidence:
    'Token zählen, sobald eine Antwort abgerechnet ist, nach der Uhr des Servers. Laufzeiten sind das, was die Verbindungen zwischen den Tabs gemessen haben, in Stufen. Ein Ring bricht, wenn er einen Tab verliert, während er antwortet; Tabs, die sich vorher verabschieden, brechen keinen. Wenige Antworten heißen hier wenige, damit keine Zahl von einer Person allein ist.',

  figures: {
    tabs: 'Tabs',
    tabsNow: (serving, loading, waiting) => `${serving} in Ringen, ${loading} beim Laden, ${waiting} in Reserve`,
    rings: 'Ringe',
    ringsNow: (count) =>
      count === 0
        ? 'gerade hält keiner ein ganzes Modell'
        : count === 1
          ? 'hält ein ganzes Modell'
          : 'halten je ein ganzes Modell',
    running: 'Token laufen in',
    runningNow: (count) => (count === 1 ? 'Ring' : 'Ringen'),
    tokens: 'Durchsatz',
    tokensNow: 'abgerechnet in der letzten Minute',
  },

  map: {
    empty: 'Gerade ist kein Tab verliehen. Mit dem ersten beginnt das Netz.',
    label: (peers, count, running) =>
      `Karte des Netzes: ${tabs(peers)}, ${rings(count)}, Token laufen in ${running}. Die Tabelle darunter sagt dasselbe.`,
    signs: {
      serving: 'ein Tab, der rechnet',
      loading: 'einer, der lädt',
      waiting: 'einer in Reserve',
      gone: 'ein leerer Platz',
      link: 'Verbindungen: kräftig ist nah, dünn ist fern',
      tokens: 'Token laufen',
    },
  },

  rings: {
    title: 'Ringe',
    none: 'Gerade gibt es keinen Ring.',
    columns: { ring: 'Ring', model: 'Modell', now: 'Jetzt', tabs: 'Tabs' },
    way: 'Der Weg eines Tokens',
    states: {
      answering: 'Token laufen',
      ready: 'bereit',
      forming: 'lädt',
      broken: 'gebrochen',
    },
    parts: (range, count) => `${count === 1 ? 'Teil' : 'Teile'} ${range}`,
    left: 'ist weg',
    all: (count) => `Alle ${rings(count)} zeigen`,
    fewer: 'Weniger zeigen',
    waiting: (count) => `${tabs(count)} ${count === 1 ? 'ist' : 'sind'} in keinem Ring und in Reserve.`,
  },

  coverage: {
    title: 'Wie viele welche Teile halten',
    none: 'Gerade hält kein Tab einen Teil eines Modells.',
    tabs,
    held: (range, parts, count) =>
      `${parts === 1 ? 'Teil' : 'Teile'} ${range}: ${count === 0 ? 'niemand' : tabs(count)}`,
  },

  history: {
    title: 'Im Lauf der Zeit',
    span: 'Gezeigte Zeit',
    spans: { hour: 'Letzte Stunde', day: 'Letzter Tag' },
    tokens: 'Token je Sekunde',
    tokensTold: (peak) => `Höchstens ${peak}.`,
    tokensNone: 'Keine Antwort wurde abgerechnet.',
    tabs: 'Tabs',
    tabsTold: (now, most) => `Jetzt ${now}, höchstens ${most}.`,
    breaks: 'Ringe, die brachen und zurückkamen',
    breaksTold: (broken, again, took) =>
      broken === 0 && again === 0
        ? 'Keiner brach.'
        : `${broken}-mal gebrochen, ${again}-mal wieder bereit${took === '' ? '' : `, im Mittel nach ${took}`}.`,
    asTable: 'Dasselbe als Tabelle',
    columns: {
      time: 'Zeit',
      tokens: 'Token',
      answers: 'Antworten',
      tabs: 'Tabs',
      broken: 'Gebrochen',
      again: 'Wieder bereit',
      took: 'Nach',
    },
    few: 'weniger als 5',
  },
};
