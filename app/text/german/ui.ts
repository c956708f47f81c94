// Was um jede Seite herum steht, und in Teilen, die mehrere Seiten haben.
import type { englishUi } from '../english/ui.ts';

const tabs = (count: number): string => `${count} ${count === 1 ? 'Tab' : 'Tabs'}`;

export const ui: typeof englishUi = {
  skip: 'Zum Inhalt',
  oneMoment: 'Einen Augenblick.',
  places: { chat: 'Chat', join: 'Verleihen', pools: 'Pools', account: 'Konto' },
  mainNavigation: 'Hauptmenü',
  colours: 'Farben',
  themes: { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  language: 'Sprache',
  newerVersion: 'Eine neuere Fassung dieser Seite ist da.',
  reload: 'Neu laden',
  footer:
    'Der Server macht Tabs miteinander bekannt, plant, wer welche Schichten hält, und führt die Guthaben. Was im Chat gefragt wird, geht von Tab zu Tab und nie durch ihn; was ein Programm über HTTP fragt oder ein Marktpool gefragt wird, schon. Zwischenergebnisse nie. Gespräche bewahrt nur der Browser auf, der fragt, auf seinem Gerät, und niemand sonst.',

  more: {
    title: 'Über diese Seite',
    network: 'Das Netz, live',
    pitch: 'In zehn Folien',
    docs: 'Dokumente',
    reference: 'API-Nachschlagewerk',
    licence: 'Lizenz (MIT)',
  },

  away: { title: 'Der Server antwortet nicht.', tryNow: 'Jetzt versuchen' },

  confirm: {
    keep: 'Behalten',
    which: (subject) => `: ${subject}`,
  },

  copy: {
    copy: 'Kopieren',
    copied: 'Kopiert',
    refused: 'Der Browser hat es nicht erlaubt: markiere den Text und kopiere ihn von Hand.',
    which: {
      answer: ': Antwort',
      code: ': Code',
      invite: ': Einladung',
      key: ': Schlüssel',
      link: ': Link',
      program: ': Programm',
      question: ': Frage',
      secret: ': Geheimnis',
    },
    done: {
      answer: 'Die Antwort ist kopiert.',
      code: 'Der Code ist kopiert.',
      invite: 'Die Einladung ist kopiert.',
      key: 'Der Schlüssel ist kopiert.',
      link: 'Der Link ist kopiert.',
      program: 'Das Programm ist kopiert.',
      question: 'Die Frage ist kopiert.',
      secret: 'Das Geheimnis ist kopiert.',
    },
  },

  insecure: {
    title: 'Diese Seite braucht https',
    what: 'So geöffnet kann sie weder verleihen noch fragen: der Browser gibt ihr kein WebGPU und keine Schlüssel, an denen Tabs einander erkennen.',
    why: 'Beides geben Browser nur Seiten, die über https kommen oder von dem Gerät selbst, auf dem sie laufen (localhost). {origin} ist weder das eine noch das andere.',
    todo: 'Was du tun kannst',
    onThisDevice: 'Wenn der Server auf diesem Gerät läuft: {address}',
    onOthers: 'Von jedem anderen Gerät: {address}',
    operator:
      'Wenn sich das nicht öffnet, bitte den, der diesen Server betreibt, um https. Im eigenen Netz genügt {own}; sonst gehören ein TLS-Proxy davor und {option} dazu',
  },

  model: {
    legend: 'Modell',
    siteDefault: 'Vorgabe dieser Seite',
    draftFor: (repo) => `entwirft für ${repo}`,
    other: 'Ein anderes Modell vom Hub',
    otherHint: 'Jeder Decoder, der wie die Repositorys von onnx-community aufgebaut ist.',
    dtype: 'Format der Gewichte',
    repo: 'Repository',
    revision: 'Revision',
    repoHint: 'Der Tab liest zuerst den Aufbau und lehnt ab, was sich nicht zerteilen lässt.',
    repoMalformed: 'Schreibe es als owner/name.',
  },

  password: {
    title: 'Noch einmal dein Passwort',
    why: 'Du hast dich vor einer Weile angemeldet, und was du vorhast, wirkt länger als eine Anmeldung.',
    label: 'Passwort',
    goOn: 'Weiter',
    giveUp: 'Doch nicht',
    checking: 'Das Passwort wird geprüft.',
  },

  picture: {
    title: 'Der Pool jetzt',
    noModel: 'Noch kein Modell',
    asItWas: 'Der Pool wird so gezeigt, wie er war.',
    unknown: 'Der Server antwortet nicht, deshalb kann der Pool nicht gezeigt werden.',
    one: 'Ein Tab hält das ganze Modell und würde antworten.',
    together: (count) => `${tabs(count)} halten es gemeinsam und würden antworten.`,
    forming: (ready, count) => `${ready} von ${tabs(count)} ${ready === 1 ? 'hat' : 'haben'} ihre Teile geladen.`,
    none: 'Im Augenblick hält es kein Tab. Der erste, der eine GPU verleiht, fängt an.',
    looking: 'Seine Tabs werden gesucht.',
  },

  predictions: {
    none: 'Noch keine fertigen Antworten zum Vergleichen.',
    label: (answers, error) =>
      `Vorhergesagte und gemessene Token je Sekunde von ${answers} ${answers === 1 ? 'Antwort' : 'Antworten'}. Mittlerer Fehler (Median) ${error}.`,
    predicted: 'vorhergesagt, Tok/s',
    measured: 'gemessen, Tok/s',
    caption: 'Ein Punkt auf der gestrichelten Linie war genau vorhergesagt. Mittlerer Fehler (Median): {error}.',
  },

  ring: {
    asker: 'fragt',
    none: 'Noch verleiht kein Tab an ihn',
    tabs: (count, parts) => `${tabs(count)} im Ring, mit diesen Teilen des Modells: ${parts}`,
  },

  route: {
    title: 'Warum dieser Weg',
    table: 'Vorhergesagt und gemessen',
    predicted: 'vorhergesagt',
    measured: 'gemessen',
    speed: 'Tempo',
    firstToken: 'Erstes Token',
    drafts: (source) => `Entwürfe kommen von: ${source}.`,
    bars: 'Balken: vorhergesagte Token je Sekunde. Strich: gemessen.',
    taken: 'genommen',
    impossible: 'jetzt nicht möglich',
  },

  seats: {
    parts: (range, count) => `${count === 1 ? 'Teil' : 'Teile'} ${range}`,
    thisTab: 'dieser Tab',
    loading: (number) => `Tab ${number} lädt`,
    bytesOf: (loaded, total) => `${loaded} von ${total}`,
  },
};
