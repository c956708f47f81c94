// Was man wissen kann, bevor man verleiht.
import type { englishPreflight } from '../english/preflight.ts';

export const preflight: typeof englishPreflight = {
  title: 'Bevor du verleihst',
  hint: 'Was diese Seite von dem Gerät sieht, ohne etwas zu laden. Der Knopf geht immer, was hier auch steht.',
  marks: { ok: 'in Ordnung', note: 'zu wissen', problem: 'ein Problem', looking: 'wird gesucht' },
  names: {
    secure: 'Verbindung',
    gpu: 'Grafikkarte',
    memory: 'Speicher',
    load: 'Was geladen wird',
    disk: 'Platz',
    network: 'Andere Tabs',
    speed: 'Tempo',
  },
  secure: {
    ok: 'Die Seite ist sicher: Das verlangen Browser, bevor eine Seite rechnen darf.',
    insecure: 'Die Seite kam nicht über https: Der Browser lässt sie nicht rechnen.',
    insecureTodo: 'Öffne sie über https oder auf dem Rechner, auf dem der Server läuft.',
  },
  gpu: {
    looking: 'Sucht eine Grafikkarte.',
    found: (name) => `${name}. Ob sie dieses Modell richtig rechnet, wird beim Verleihen geprüft.`,
    software: (name) => `Nur eine in Software (${name}), etwa so langsam wie der Prozessor.`,
    softwareTodo:
      'Hat dieses Gerät einen Grafikchip, ist vielleicht die Hardwarebeschleunigung in den Einstellungen des Browsers aus.',
    cpuChosen: 'Wird nicht benutzt, wie du es gewählt hast: Der Prozessor rechnet, langsamer und genauso richtig.',
    noApi: 'Dieser Browser bietet hier kein WebGPU.',
    noDevice: 'Dieser Browser hat WebGPU, fand aber keine Grafikkarte dafür.',
    cpu: 'Der Prozessor rechnet, langsamer und genauso richtig.',
    cpuTodo:
      'Ein anderer Browser kann es vielleicht besser: Neue Versionen von Chrome, Edge, Firefox und Safari haben WebGPU auf vielen Geräten.',
    willFail: 'Weil WebGPU gewählt ist, wird das Verleihen scheitern.',
    willFailTodo: 'Wähle „Automatisch“ oder WASM unter „Weitere Einstellungen“.',
  },
  memory: {
    looking: 'Schaut nach, was dieses Gerät hat.',
    chosen: (bytes) => `Höchstens ${bytes}, wie du es gewählt hast, für Gewichte und Gespräche zusammen.`,
    guessed: (bytes) => `Höchstens ${bytes}, vorsichtig geschätzt nach dem, was der Browser von diesem Gerät sagt.`,
  },
  load: {
    looking: 'Schaut nach, wie groß das Modell ist.',
    whole: (bytes) => `Einige Teile des Modells, vielleicht alle ${bytes}; der Server sagt, welche.`,
    part: (most, bytes) => `So viele Teile der ${bytes} des Modells, wie in ${most} passen; der Server sagt, welche.`,
    modelUnknown: 'Wie groß das Modell ist, zeigt sich beim Lesen; geladen werden nur die eigenen Teile.',
    program: (bytes) =>
      `Dazu einmal das Programm, das rechnet: ${bytes}. Was dieser Browser schon hat, wird nicht noch einmal geladen.`,
    programUnknown:
      'Dazu einmal das Programm, das rechnet. Was dieser Browser schon hat, wird nicht noch einmal geladen.',
    missing: 'In diesem Format gibt es keine Gewichte dieses Modells.',
    otherFormats: (dtypes) => `Es gibt ${dtypes}: Wähle eines davon als Format der Gewichte.`,
    otherModel: 'Prüfe den Namen des Modells oder wähle ein anderes.',
  },
  disk: {
    looking: 'Schaut nach, wie viel Platz da ist.',
    unknown: 'Der Browser sagt nicht, wie viel er diese Seite behalten lässt.',
    free: (bytes) => `${bytes} frei für diese Seite: Was geladen ist, bleibt für das nächste Mal da.`,
    little: (bytes) =>
      `Nur ${bytes} frei für diese Seite. Es geht, lädt aber jedes Mal neu, was nicht behalten werden konnte.`,
    littleTodo: 'Schaffe etwas Platz auf diesem Gerät, wenn es nächstes Mal schneller gehen soll.',
  },
  network: {
    looking: 'Schaut nach, ob andere Tabs diesen hier erreichen können.',
    offline: 'Der Browser sagt, dass dieses Gerät offline ist.',
    offlineTodo: 'Verbinde es mit einem Netz.',
    noWebrtc: 'Dieser Browser hat kein WebRTC, über das Tabs einander erreichen.',
    noWebrtcTodo: 'Erlaube es in den Einstellungen oder Erweiterungen des Browsers oder nimm einen anderen Browser.',
    mute: 'Der Browser nennt keine Adresse dieses Geräts, deshalb kann kein Tab es erreichen.',
    muteTodo: 'Eine Einstellung oder Erweiterung verbirgt Adressen (WebRTC): Erlaube sie für diese Seite.',
    found:
      'Dieses Gerät kennt seine öffentliche Adresse, Tabs in den meisten Netzen können es also erreichen; bei manchen zeigt es erst der Versuch.',
    local: 'Nur eine Adresse in diesem Netz wurde gefunden: Tabs darin erreichen diesen hier, andere vielleicht nicht.',
    localTodo: 'Oft liegt das an einem VPN oder einer strengen Firewall. Andere Tabs werden trotzdem versucht.',
    noHelper: 'Tabs in diesem Netz sollten ihn erreichen können. Ob andere es können, zeigt sich beim Versuch.',
    unknown: 'Ob andere Tabs ihn erreichen können, zeigt sich beim Versuch.',
  },
  speed: {
    later: 'Wird beim Verleihen gemessen, an einem Teil dieses Modells, bevor Gewichte geladen werden.',
  },
};
