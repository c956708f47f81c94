// Was auf /join steht.
import type { englishJoin } from '../english/join.ts';

const parts = (count: number): string => `${count} ${count === 1 ? 'Teil' : 'Teile'}`;

export const join: typeof englishJoin = {
  title: 'Verleihen',
  heading: 'Diesen Tab verleihen',
  intro:
    'Er hält einige Teile eines Modells, lädt nur diese herunter und rechnet sie für alle, die fragen. Das endet, sobald du aufhörst oder den Tab schließt.',
  askingServer: 'Der Server wird gefragt, was er anbietet.',
  addAnother: 'In diesem Fenster noch einmal verleihen',
  addFull: 'Mehr darf dieses Fenster nicht halten.',
  addHint: 'Das braucht eigenen Speicher und hält eigene Teile.',
  noSuchBackend: 'Die Adresse verlangt eine Rechenart, die es nicht gibt: webgpu oder wasm.',

  form: {
    more: 'Weitere Einstellungen: Rechenart und Speicher',
    submit: 'Diesen Tab verleihen',
    backend: 'Was rechnet',
    backends: {
      auto: { name: 'Automatisch', hint: 'WebGPU, wo es das gibt, sonst WASM' },
      webgpu: { name: 'WebGPU', hint: 'die Grafikkarte' },
      wasm: { name: 'WASM', hint: 'der Prozessor' },
    },
    memory: 'Speicher zum Verleihen',
    memoryAutomatic: 'Automatisch: dieses Gerät schätzt vorsichtig',
    memoryUpTo: (bytes) => `Bis zu ${bytes}`,
    memoryHint: 'Gewichte und Zwischenspeicher der Gespräche bleiben zusammen darunter.',
    payout: 'Auszahlungsadresse',
    payoutHint:
      'Dieser Pool zahlt in USDC. Der Tab unterschreibt, dass er hierhin bezahlt werden will; was an eine falsche Adresse geht, ist verloren.',
    payoutMissing: 'Gib die Adresse an, an die USDC gezahlt werden soll: deine Wallet zeigt sie.',
    payoutMalformed: 'Eine Adresse ist 0x und 40 Stellen aus 0-9 und a-f: kopiere sie aus deiner Wallet.',
    payoutNobody: 'Diese Adresse gehört niemandem: was dorthin gezahlt wird, ist verloren.',
  },

  earnings: {
    label: 'Verdienst',
    ofTab: (id) => `Guthaben von Tab ${id}`,
    ofAccount: 'Guthaben von {name}',
    guest:
      'Verleihen bringt Guthaben. Ohne Konto bleibt es beim Schlüssel dieses Browsers, und sein Chat kann es ausgeben. {logIn}, um es auch anderswo zu nutzen.',
    logIn: 'Melde dich an oder lege ein Konto an',
    earnFor: 'Für {name} verdienen',
    earnForHint:
      'Tabs, die dieser Browser verleiht, unterschreiben mit ihren eigenen Schlüsseln, dass sie zum Konto gehören. Der Server weiß dann, welche Tabs deine sind. Unter „Konto“ kannst du sie wieder freigeben.',
  },

  invite: {
    summary: 'Ein weiteres Gerät einladen',
    otherWindow:
      'Wer diesen Link in einem anderen Fenster oder Browser dieses Geräts öffnet, kann es demselben Pool verleihen.',
    otherDevice: 'Wer diesen Link öffnet, auf welchem Gerät auch immer, kann demselben Pool einen Tab verleihen.',
    qrCode: 'QR-Code dieser Einladung',
    ownDevice:
      'Andere Geräte können diese Adresse nicht öffnen: {origin} meint genau dieses Gerät. Für sie muss der Server unter seinem eigenen Namen erreichbar sein, und zwar über https, denn nur auf solchen Seiten rechnen Browser. Wer ihn betreibt, startet ihn mit {command}; für andere Netze gehört ein TLS-Proxy davor.',
    ofNetwork:
      'Andere Geräte dieses Netzes öffnen zuerst diese Adresse; sie sagt, wie sie diesem Server vertrauen, und dann die Einladung:',
  },

  card: {
    name: (number) => `Leihgabe ${number}`,
    ofModel: 'an {model}',
    pause: 'Pause',
    leave: 'Aufhören',
    remove: 'Entfernen',
    which: (number) => `: Leihgabe ${number}`,
    rests: (number) => `Leihgabe ${number} ruht`,
    restsHint:
      'Sie rechnet nichts und belegt keinen Arbeitsspeicher. Was sie geladen hatte, bleibt auf diesem Gerät gespeichert, so ist sie schnell zurück.',
    again: 'Wieder verleihen',
    againWith: (number) => `: Leihgabe ${number}`,
    away: 'Lass diesen Tab offen: Antworten, die durch ihn laufen, gehen weiter, und er verleiht von selbst wieder, sobald der Server zurück ist.',
    priceMarket: (price) => `Dieser Pool verlangt ${price}.`,
    priceCredits: (tokens, completion, prompt) =>
      `Wer diesen Pool angelegt hat, verlangt ${completion} Credits für ${tokens} Token einer Antwort und ${prompt} für ebenso viele einer Frage.`,
    paidTo: 'Was sie verdient, wird in USDC an {address} gezahlt.',
    refused:
      'Gib die Kennung dieses Tabs, die unten steht, an den, der den Pool angelegt hat, und versuche es dann noch einmal; oder verleihe an einen anderen Pool.',
    together: 'Die Tabs, mit denen er zusammenarbeitet',
    steps: 'Schritte',
    stepStates: { done: 'erledigt', current: 'läuft', failed: 'gescheitert', todo: 'steht noch aus' },
  },

  device: {
    backend: 'Rechnet mit',
    device: 'Gerät',
    perLayer: 'Je Teil, gemessen',
    memory: 'Verleiht bis zu',
    model: 'Das Modell hat',
    modelParts: parts,
    id: 'Kennung dieses Tabs',
  },

  slice: {
    title: 'Was er hält',
    holds: (held, bytes) => `Dein Tab hält ${parts(held)}, ${bytes}.`,
    holdsOf: (held, layers, bytes, all) =>
      `Dein Tab hält ${held} von ${layers} ${layers === 1 ? 'Teil' : 'Teilen'}, ${bytes} von ${all} des ganzen Modells.`,
    exactly: 'Genau',
    layers: (range) => `Schichten ${range}`,
    layersOf: (range, layers) => `Schichten ${range} von ${layers}`,
    withEmbedding: (layers) => `${layers} mit der Einbettung`,
    withHead: (layers) => `${layers} mit dem Ausgabekopf`,
    withBoth: (layers) => `${layers} mit Einbettung und Ausgabekopf`,
    loaded: 'Geladene Gewichte',
    bytesOf: (loaded, total) => `${loaded} von ${total}`,
    origin: (network, cache) => `${network} aus dem Netz, ${cache} aus dem Zwischenspeicher dieses Browsers`,
    strip: (held, layers) => `Teile ${held} von ${layers} liegen in diesem Tab`,
    stripNone: (layers) => `${parts(layers)}, davon keiner in diesem Tab`,
  },

  reserve: {
    title: 'Was er in Reserve hält',
    ready: 'Geht ein Tab, der diese Teile rechnet, so übernimmt dieser binnen Sekunden.',
    loading: 'Er lädt Teile, die andere rechnen, um zu übernehmen, wenn einer von ihnen geht.',
    parts: (range) => `Teile ${range}`,
    partsLoaded: (range) => `Teile ${range}, geladen`,
    isReady: 'bereit',
    isNext: 'als Nächstes',
  },

  served: {
    title: 'Für andere gerechnet',
    answers: 'An Antworten beteiligt',
    conversations: 'Gespräche im Speicher',
    tokens: 'Token berechnet',
    perStep: 'Je Schritt',
    received: 'Empfangen',
    sent: 'Gesendet',
    rate: (seconds, now) => `Token je Sekunde in den letzten ${seconds} Sekunden; jetzt ${now}`,
  },
};
