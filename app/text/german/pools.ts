// Was auf /pools und auf der Seite eines Pools steht.
import type { englishPools } from '../english/pools.ts';

const tabs = (count: number): string => `${count} ${count === 1 ? 'Tab' : 'Tabs'}`;

export const pools: typeof englishPools = {
  title: 'Pools',
  intro:
    'Ein Pool ist ein Angebot eines Modells in einem Format der Gewichte, mit den Tabs, die es gemeinsam rechnen. Programme erreichen alle über dieselbe Schnittstelle: {description} ist ein OpenAPI-Dokument.',
  description: 'ihre Beschreibung',
  all: 'Alle Pools',

  list: {
    asking: 'Der Server wird gefragt, welche Pools es gibt.',
    asItWas: 'Die Liste ist so, wie sie war.',
    comesLater: 'Die Liste kommt mit ihm.',
    none: 'Es gibt noch keine Pools. Lege unten den ersten an.',
    tabs,
    splitIn: (stages) => `auf ${tabs(stages)} verteilt`,
    splitFreely: 'verteilt, wie es passt',
    parts: (layers) => `${layers} ${layers === 1 ? 'Teil' : 'Teile'}`,
    listedOnly: 'nur eingetragene Tabs',
    yours: 'deiner',
    market: 'Markt',
  },

  form: {
    title: 'Einen Pool anlegen',
    askingWho: 'Der Server wird gefragt, wer du bist.',
    askingModels: 'Der Server wird gefragt, welche Modelle es gibt.',
    needsAccount: 'Ein Pool gehört zu einem Konto. {logIn}.',
    logIn: 'Melde dich zuerst an oder lege eines an',
    stages: 'Tabs, auf die verteilt wird',
    automatic: 'automatisch',
    stagesHint: 'Auf wie viele Tabs verteilt wird. Leer: auf so wenige, wie es halten.',
    stagesProblem: (most) => `Hier steht eine ganze Zahl von 1 bis ${most}, oder nichts für automatisch.`,
    slug: 'Name',
    noSlug: 'keiner',
    slugHint: 'Nur wo das Modell schon einen Pool hat: ein weiterer besteht daneben.',
    slugProblem:
      'Ein Name hat kleine Buchstaben, Ziffern und Bindestriche: höchstens 40, an beiden Enden ein Buchstabe oder eine Ziffer.',
    recruit: 'Jeder Tab darf an ihn verleihen',
    recruitHint: 'Sonst machen nur Tabs mit, die du einträgst.',
    reading: 'Der Aufbau des Modells wird gelesen: Schichten, Bytes und Kontext.',
    submit: 'Den Pool anlegen',
  },

  page: {
    asking: 'Der Server wird nach dem Pool gefragt.',
    asItWas: 'Der Pool wird so gezeigt, wie er war. Antworten, die begonnen haben, gehen weiter.',
    comesLater: 'Der Pool kommt mit ihm.',
    ask: 'Frag ihn',
    lend: 'Einen Tab an ihn verleihen',
  },

  market: {
    line: 'Bezahlt wird in USDC auf {chain} durch {contract}: {serving} % an die Tabs, die rechnen, {treasury} % an die Kasse.',
    lineWithPrice:
      '{price}, in USDC auf {chain} durch {contract}: {serving} % an die Tabs, die rechnen, {treasury} % an die Kasse.',
    contract: 'seinen Vertrag',
    chain: (id) => `Kette ${id}`,
  },

  live: {
    ring: 'Der Ring',
    rings: 'Die Ringe',
    legends: {
      answer: 'An jedem Tab: seine Teile und was sie je Token brauchten, gemessen in der letzten Antwort.',
      probe:
        'An jedem Tab: seine Teile und was seine eigene Messung je Token erwarten lässt. Die Weitergaben erscheinen nach einer Antwort.',
      none: 'Zeiten erscheinen, sobald die Tabs gemessen sind.',
    },
    hops: 'In Blau: die Weitergaben.',
    further: (count) =>
      `${count === 1 ? 'Ein zweiter Ring antwortet' : `${count} weitere Ringe antworten`} daneben: eine Frage geht dahin, wo am meisten Platz ist.`,
    predictions: 'Vorhergesagt und gemessen',
    last: 'Die letzte Antwort',
    tabs: 'Tabs',
  },

  queue: {
    label: 'Warteschlange',
    now: 'Jetzt',
    running: (count) => (count === 1 ? 'Antwort läuft' : 'Antworten laufen'),
    waiting: (count) => (count === 1 ? 'Anfrage wartet' : 'Anfragen warten'),
  },

  model: {
    title: 'Das Modell',
    layers: 'Schichten',
    weights: 'Gewichte',
    context: 'Kontext',
    tokens: (count) => `${count} Token`,
    cache: 'Zwischenspeicher je Token',
    hidden: 'Zwischenergebnis',
    wide: (size) => `${size} Zahlen`,
    bytes: 'Bytes, in der Reihenfolge des Modells',
    strip: (sums) => `Gewichte: ${sums}`,
    kinds: { embedding: 'Einbettung', layer: 'Schichten', head: 'Ausgabekopf' },
  },

  members: {
    label: 'Mitglieder',
    none: 'Noch ist kein Tab hier.',
    columns: {
      place: 'Platz',
      id: 'Kennung',
      runsOn: 'Rechnet mit',
      loss: 'Wenn er geht',
      parts: 'Teile',
      holds: 'Hält',
      perLayer: 'Je Teil',
      memory: 'Verleiht bis zu',
    },
    standby: { warm: 'ein Ersatz ist bereit', loading: 'ein Ersatz lädt', none: 'andere müssen erst laden' },
    lossTime: (standby, seconds) => `${standby}, etwa ${seconds} s`,
    ring: (number) => `Ring ${number}`,
    loadingShare: (percent) => `lädt, ${percent} %`,
    away: 'eingetragen, nicht da',
    reserve: 'Reserve',
    loading: 'lädt',
    excluded: {
      failed: 'gescheitert',
      stalled: 'hat aufgehört zu laden',
      unreachable: 'für seine Nachbarn nicht erreichbar',
      silent: 'antwortet niemandem',
      unshown: 'hat nicht gezeigt, was er von sich sagt',
      unsteady: 'ist immer wieder gegangen oder ausgefallen',
    },
  },

  owner: {
    title: 'Diesen Pool ändern',
    load: 'Laden',
    unload: 'Entladen',
    loadedHint: 'Entladen macht den Speicher der Tabs frei; sie bleiben im Pool.',
    unloadedHint: 'Nichts ist geladen: niemand kann fragen, bis du ihn lädst.',
    remove: 'Löschen',
    removeWhich: 'dieser Pool',
    removeWarning: 'Seine Tabs rechnen nicht mehr für ihn, und seine Einstellungen sind weg.',
    removeConfirm: 'Ja, löschen',
    save: 'Speichern',
    recruitHint: 'Sonst machen nur die hier eingetragenen Tabs mit.',
    telling: 'Dem Server wird es gesagt.',
  },

  embed: {
    title: 'Seinen Chat auf anderen Seiten zeigen',
    origins: 'Seiten, die ihn zeigen dürfen',
    originsHint: 'Adressen wie https://app.example, mit Leerzeichen dazwischen; * ist jede Seite. Leer: keine.',
    originsProblem: 'Hier stehen Adressen wie https://app.example, höchstens 20, oder ein einzelner *.',
    sponsor: 'Für Besucher dieser Seiten',
    sponsorHint:
      'Dein Konto bezahlt ihre Antworten, bis zu so vielen Credits am Tag. Ein Besucher ist eine Netzadresse. Auch wer sich nur als eine dieser Seiten ausgibt, kann das ausgeben; deshalb ist die zweite Summe das Höchste, was dich ein Tag kostet. Eine Antwort zählt mit dem Höchsten, was sie kosten kann, bis sie zu Ende ist.',
    visitor: 'Ein Besucher, Credits am Tag',
    day: 'Alle Besucher, Credits am Tag',
    nothing: 'nichts',
    sponsorProblem: 'Beides sind Zahlen über 0, oder beides bleibt leer.',
    save: 'Speichern',
    tag: 'Was in die Seite gehört',
  },

  listed: {
    title: 'Eingetragene Tabs',
    none: 'Noch keiner: trage die Kennung eines Tabs ein, der verleiht.',
    remove: 'Entfernen',
    which: (id) => `: Tab ${id}`,
    id: 'Kennung eines Tabs',
    idHint: '32 Stellen; die Seiten „Verleihen“ und „Konto“ zeigen sie.',
    idProblem: 'Die Kennung eines Tabs hat 32 Stellen aus 0-9 und a-f.',
    add: 'Eintragen',
  },
};
