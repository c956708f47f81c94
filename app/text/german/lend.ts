// Ein Tab, der verliehen ist: wie er geht und ruht.
import type { englishLend } from '../english/lend.ts';

const answers = (count: number): string => (count === 1 ? 'Noch läuft 1 Antwort' : `Noch laufen ${count} Antworten`);

export const lend: typeof englishLend = {
  deviceNotes: {
    'no-webgpu':
      'Dieser Browser hat kein WebGPU: dieser Tab rechnet mit WASM auf dem Prozessor. Das ist langsamer, gibt aber dieselben Antworten.',
    'no-device':
      'WebGPU hat keine Grafikkarte gefunden: dieser Tab rechnet mit WASM auf dem Prozessor. Das ist langsamer, gibt aber dieselben Antworten.',
    'gpu-wrong':
      'Diese GPU verrechnet sich: sie hat eine Probe nicht bestanden. Dieser Tab rechnet mit WASM auf dem Prozessor, langsamer und richtig.',
    'gpu-careful':
      'Diese GPU verrechnet sich bei großen Stücken. Dieser Tab rechnet in kleineren: dieselben Antworten, etwas später.',
  },
  leave: {
    running: (count, seconds) => `${answers(count)} durch diesen Tab; er hört in höchstens ${seconds} s auf.`,
    title: 'Er hört auf. Neues kommt nicht mehr hierher.',
    soon: 'Was er getan hat, wird noch quittiert.',
    now: 'Sofort aufhören',
  },
  pause: {
    running: (count, seconds) => `${answers(count)} durch diesen Tab; er ruht in höchstens ${seconds} s.`,
    title: 'Er ruht gleich. Neues kommt nicht mehr hierher.',
    soon: 'Was er getan hat, wird noch quittiert.',
    now: 'Sofort ruhen',
  },
  restsByRule: 'Von selbst geht es weiter, sobald die Wahl für dieses Fenster es erlaubt.',
  rules: {
    title: 'Wann dieses Fenster verleiht',
    resting: {
      hours: (time) => `Außerhalb seiner Zeit: Dieses Fenster verleiht um ${time} Uhr wieder.`,
      used: 'Jemand benutzt dieses Gerät: Das Fenster verleiht wieder, wenn es eine Minute lang niemand berührt hat.',
      unknown: 'Der Browser sagt nicht mehr, ob jemand dieses Gerät benutzt. Deshalb verleiht dieses Fenster nicht.',
    },
    onlyIdle: {
      label: 'Nur, solange ich dieses Gerät nicht benutze',
      hint: 'Der Browser fragt dich vorher. Er sagt dieser Seite, ob Tastatur oder Maus in der letzten Minute berührt wurden, und sonst nichts.',
      denied: 'Der Browser darf es nicht sagen. In seinen Einstellungen für diese Seite lässt es sich erlauben.',
      unavailable:
        'Dieser Browser sagt Seiten nicht, ob jemand das Gerät benutzt (Chrome und Edge tun es). Von dieser Seite allein darauf zu schließen wäre falsch.',
    },
    hours: {
      label: 'Nur zu bestimmten Zeiten',
      hint: 'Nach der Uhr dieses Geräts; liegt das Ende vor dem Anfang, ist der nächste Tag gemeint. Laufende Antworten enden erst.',
      from: 'Von',
      to: 'bis',
    },
    share: {
      label: 'Wie viel von der Zeit des Geräts',
      percent: (share) => `${share} %`,
      hint: 'Unter 100 % ruht es zwischen zwei Schritten, höchstens eine Sekunde; eine lange Frage nimmt deshalb eine Weile mehr. Antworten werden entsprechend langsamer, und die anderen erfahren es. Eine Änderung beginnt, wenn laufende Antworten zu Ende sind.',
    },
    notices: {
      label: 'Sag mir, wenn das Verleihen mich braucht',
      hint: 'Eine Nachricht, während du etwas anderes ansiehst: Das Verleihen ist gescheitert, die Grafikkarte ist weg, oder der Server antwortet eine Minute lang nicht.',
      denied:
        'Der Browser darf keine Nachrichten zeigen. In seinen Einstellungen für diese Seite lässt es sich erlauben.',
      unavailable: 'Dieser Browser hat keine Nachrichten für Seiten.',
    },
  },
  notices: {
    failed: {
      title: 'Das Verleihen hat aufgehört',
      body: 'In diesem Tab ging etwas schief. Öffne ihn, um zu sehen, was, und es noch einmal zu versuchen.',
    },
    'gpu-lost': {
      title: 'Die Grafikkarte ist weg',
      body: 'Dieser Tab rechnet nicht mehr. Öffne ihn, um wieder zu verleihen.',
    },
    'server-away': {
      title: 'Der Server antwortet nicht',
      body: 'Seit einer Minute. Dieser Tab verleiht von selbst wieder, sobald der Server zurück ist.',
    },
  },
  live: {
    quiet: {
      nobodyYet: 'Alles ist bereit. Noch hat niemand gefragt.',
      nobodyNow: 'Gerade fragt niemand.',
      othersLoad: (ready, all) =>
        `Die eigenen Teile sind da. Er wartet auf die anderen: ${ready} von ${all} Tabs sind bereit.`,
      broken: 'Ein Tab, durch den Antworten laufen, ist gegangen. Ein anderer tritt an seine Stelle.',
      reserve: 'Andere Tabs antworten gerade. Dieser steht bereit und übernimmt, wenn einer von ihnen geht.',
      othersServe: 'Andere Tabs antworten gerade und haben auch ohne diesen genug Platz.',
    },
    neighbours: {
      alone: 'Er hält alle Teile und antwortet allein.',
      first: (next) => `Fragen kommen zuerst hierher. Er gibt sie weiter an einen Tab mit ${next}.`,
      middle: (before, next) => `Er übernimmt von einem Tab mit ${before} und gibt weiter an einen mit ${next}.`,
      last: (before) => `Er übernimmt von einem Tab mit ${before} und gibt jedes Wort an den, der gefragt hat.`,
    },
  },
  load: {
    runtime: 'Programm, das rechnet, geladen',
    runtimeTitle: 'Das Programm, das rechnet, wird geladen. Der Browser behält es.',
    of: (loaded, total) => `${loaded} von ${total}`,
    pace: (speed, left) => `${speed} in der Sekunde, noch ${left}`,
    stalled: 'Gerade kommt nichts.',
    seconds: (count) => `${count} s`,
    minutes: (count) => `${count} min`,
    hours: (count) => `${count} Std.`,
  },
};
