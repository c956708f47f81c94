// Zahlen und Zustände in Worten, wie jede Seite sie sagt.
import type {
  englishCodecs,
  englishDrafters,
  englishFormat,
  englishPhases,
  englishStatuses,
} from '../english/format.ts';

export const format: typeof englishFormat = {
  nouns: {
    answer: { one: 'Antwort', other: 'Antworten' },
    credit: { one: 'Credit', other: 'Credits' },
    // Im Dativ: nur hinter „von“.
    'drafted token': { one: 'geratenen Token', other: 'geratenen Token' },
    part: { one: 'Teil', other: 'Teile' },
    peer: { one: 'Peer', other: 'Peers' },
    tab: { one: 'Tab', other: 'Tabs' },
    token: { one: 'Token', other: 'Token' },
  },
  ordinal: (place) => `${place}.`,
  rate: (figure) => `${figure} Token/s`,
  bytes: (figure, unit) => `${figure} ${unit}`,
  time: {
    milliseconds: (figure) => `${figure} ms`,
    seconds: (figure) => `${figure} s`,
    minutes: (minutes, seconds) => `${minutes} min ${seconds} s`,
    hours: (hours, minutes) => `${hours} h ${minutes} min`,
  },
  when: {
    now: 'gerade eben',
    minutes: (count) => `vor ${count} min`,
    hours: (count) => `vor ${count} h`,
    days: (count) => (count === 1 ? 'vor 1 Tag' : `vor ${count} Tagen`),
  },
  price: {
    perMillion: (amount) => `${amount} je Million Token`,
    both: (answer, prompt) => `${answer} der Antwort, ${prompt} der Eingabe`,
  },
  answer: {
    thisDevice: 'dieses Gerät',
    oneTab: 'ein Tab',
    sharded: (tabs) => `${tabs} gemeinsam`,
    firstToken: (time) => `erstes Token nach ${time}`,
    tokens: (prompt, generated) => `${prompt} Eingabe, ${generated} erzeugt`,
    perLap: (figure) => `${figure} Token je Runde: `,
    drafts: (right, drafted, percent) => `von ${drafted} waren ${right} richtig (${percent} %).`,
  },
  away: {
    since: (time) => `Weg seit ${time}.`,
    next: (time) => `Nächster Versuch in ${time}.`,
    now: 'Gerade wird es wieder versucht.',
  },
  chat: {
    connecting: 'Die Verbindung wird aufgebaut.',
    nobody: 'Noch verleiht kein Tab, also kann niemand antworten.',
    tooFew: (tabs) => `Bisher nur ${tabs}: das reicht nicht, um zu antworten.`,
    forming: (ready, tabs, count) =>
      `Der Verbund entsteht: ${ready} von ${tabs} ${count === 1 || ready === 1 ? 'ist' : 'sind'} bereit.`,
    waits: 'Dem Pool fehlt noch etwas, um das ganze Modell zu halten: mehr Tabs oder mehr Speicher.',
    sharing: 'Tabs sind da; der Server gibt ihnen gerade ihre Teile.',
    one: 'Ein Tab würde antworten.',
    together: (tabs) => `${tabs} würden gemeinsam antworten.`,
    failed: 'Nicht verbunden.',
  },
  oneThread: 'WASM, 1 Thread',
  earned: {
    none: (moment) => `Seit ${moment} ging hier noch keine Antwort durch.`,
    some: (figures, moment) => `Beigetragen seit ${moment}: ${figures}.`,
  },
  late: (seats) =>
    `${seats.length === 1 ? `Tab ${seats[0]} ist` : `Tabs ${seats.join(' und ')} sind`} spät dran. Kommt in den nächsten Sekunden nichts, übernehmen andere.`,
  lending: {
    failed: 'Verleihen gescheitert',
    gettingReady: 'Verleiht: wird vorbereitet',
    waits: 'wartet auf Fragen',
    computed: (tokens) => `${tokens} gerechnet`,
    one: (done) => `Verleiht: ${done}`,
    several: (parts, done) => `Verleiht ${parts}: ${done}`,
    titlePrefix: 'Verleiht: ',
  },
  line: {
    granted: 'Credits zum Anfang',
    grantMoved: 'Credits zum Anfang, weitergegeben',
    setAside: 'Für eine Anfrage zurückgelegt',
    held: 'Für eine Anfrage vorgemerkt',
    setFree: 'Nach einer Anfrage wieder frei',
    returned: 'Zurück: nicht gebraucht',
    claimMoved: 'An ein Konto gegangen',
    claimed: 'Kam mit einem Browser, der dir nun gehört',
    paid: 'Für eine Anfrage bezahlt',
    earnedOrReturned: 'Durch Verleihen verdient, oder zurück',
  },
  request: {
    earned: 'Durch Verleihen verdient',
    underWay: 'Eine Anfrage, die noch läuft',
    byOwnTabs: 'Eine Anfrage, die deine Tabs beantwortet haben',
    plain: 'Eine Anfrage',
  },
  modes: {
    local: 'Dieses Gerät',
    solo: 'Ein Gerät',
    lan: 'Tabs gemeinsam',
    speculative: 'Tabs gemeinsam, vorausgeraten',
    batch: 'Im Stapel, später',
  },
  modelParts: { embedding: 'Einbettung', head: 'Ausgabekopf', layer: (layer) => `Schicht ${layer}` },
  parts: {
    draft: 'Vorausraten',
    wire: 'Leitung',
    queue: 'Warten',
    upload: 'Übertragen',
    compute: 'Rechnen',
    readback: 'Zurücklesen',
    rest: 'Rest',
  },
  place: {
    next: (place) => `Als Nächstes: ${place}`,
    of: (place, waiting) => `${place} von ${waiting} in der Warteschlange`,
  },
  steps: {
    connecting: 'Verbinden',
    'reading-model': 'Modell lesen',
    probing: 'Messen',
    waiting: 'Auf einen Platz warten',
    loading: 'Laden',
    serving: 'Mitrechnen',
  },
  waterfall: {
    stage: (number, layers) => `${number} · Schichten ${layers}`,
    drafting: 'Vorausraten',
    beforeLap: 'vor der Runde',
    back: 'Zurück zum Eingang',
    rest: 'Rest',
    restOf: 'Senden, Uhren',
    tellStage: (number, times, shared) => `Station ${number}: ${times}${shared}.`,
    shared: (sessions) => `; ${sessions} Gespräche teilten sich einen Lauf`,
    tellDraft: (time) => `Vorausraten: ${time} vor einer Runde, bis geraten war.`,
    tellBack: (time) => `Zurück zum Eingang: ${time} auf der Leitung.`,
    tellRest: (time) =>
      `Rest: ${time}, von denen kein Tab berichtet: Senden, die eigene Arbeit des Eingangs, ungleiche Laufzeiten.`,
    lap: (lap, brought, token) => `Eine Runde dauerte ${lap} und brachte ${brought}; ein Token brauchte ${token}`,
    draftedLap: (lap, brought, token) =>
      `Eine Runde mit ihrem Vorausraten dauerte ${lap} und brachte ${brought}; ein Token brauchte ${token}`,
    oneToken: 'ein Token',
    tokens: (figure) => `${figure} Token`,
    overlap: ', denn mehrere Runden waren zugleich unterwegs',
    measured: (laps) => (laps === 1 ? 'Eine Runde wurde gemessen.' : `Mittel über ${laps} Runden.`),
  },
};

export const phases: typeof englishPhases = {
  connecting: 'Die Verbindung zum Server, der die Tabs einander vorstellt, wird aufgebaut.',
  'reading-model': 'Der Aufbau des Modells wird gelesen. Noch sind keine Gewichte geladen.',
  probing: 'Es wird gemessen, wie schnell dieses Gerät eine Schicht rechnet.',
  waiting: 'Bereit. Er bekommt seine Teile, sobald der Pool einen Platz für ihn hat.',
  loading: 'Die Gewichte seiner Teile werden geladen, und keine anderen.',
  serving: 'Rechnet mit. Lass diesen Tab offen; Antworten gehen durch ihn hindurch.',
  failed: 'Durch einen Fehler angehalten.',
  left: 'Hat den Pool verlassen. Sein Speicher ist wieder frei.',
};

export const statuses: typeof englishStatuses = {
  empty: 'keine Tabs',
  waiting: 'wartet',
  forming: 'lädt',
  ready: 'bereit',
  unloaded: 'entladen',
};

export const drafters: typeof englishDrafters = {
  none: 'nichts',
  ngram: 'Wiederholungen im Text',
  model: 'ein kleines Modell',
};

export const codecs: typeof englishCodecs = {
  f16: 'Zwischenwerte reisen in halber Genauigkeit: halb so viele Bytes, und Antworten können ein wenig abweichen.',
  int8: 'Zwischenwerte reisen als ein Byte je Zahl: ein Viertel der Bytes, und Antworten können abweichen.',
  auto: 'Zwischenwerte werden gerundet, wo eine Leitung so langsam ist, dass es sich lohnt; Antworten können ein wenig abweichen.',
};
