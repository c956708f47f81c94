// Was auf der Seite für den Betreiber des Servers steht.
import type { englishAdmin } from '../english/admin.ts';

export const admin: typeof englishAdmin = {
  title: 'Betreiben',
  intro: 'Für dich, wenn du diesen Server betreibst. Alles, was hier geschieht, wird aufgeschrieben.',
  asking: 'Der Server wird gefragt, ob er deiner ist.',
  logOut: 'Abmelden',
  refresh: 'Aktualisieren',
  which: (list) => `: ${list}`,
  reading: 'Die Liste wird gelesen.',
  older: 'Mehr zeigen',
  readingOlder: 'Es wird mehr gelesen',

  token: {
    title: 'Dein Betreiberschlüssel',
    label: 'Schlüssel',
    hint: 'Der Server hat ihn bei seinem ersten Start ausgegeben. Verloren? {command} macht einen neuen.',
    missing: 'Gib den Schlüssel ein.',
    enter: 'Anmelden',
    checking: 'Der Schlüssel wird geprüft.',
    wrong: 'Prüfe den Schlüssel. Er beginnt mit „cpo-“.',
  },

  sections: {
    legend: 'Was du ansehen willst',
    server: 'Server',
    accounts: 'Konten',
    tabs: 'Tabs',
    jobs: 'Anfragen',
    pools: 'Pools',
    acts: 'Was getan wurde',
  },

  registration: {
    title: 'Neue Konten',
    legend: 'Wer ein Konto anlegen darf',
    choices: { open: 'Alle', invite: 'Mit Einladungscode', closed: 'Niemand' },
    hints: {
      open: 'Wer die Seite öffnet, darf ein Konto anlegen.',
      invite: 'Wer einen Code von dir hat, darf ein Konto anlegen.',
      closed: 'Niemand legt ein Konto an. Die bestehenden bleiben.',
    },
    peers: 'Tabs, die verleihen oder fragen, brauchen kein Konto.',
  },

  welcome: {
    title: 'Begrüßungsguthaben',
    credits: 'Credits für Neue',
    perDay: 'Je Adresse und Tag',
    configured: (credits, perDay) => `Gestartet wurde der Server mit: ${credits}, ${perDay} am Tag.`,
    creditsProblem: 'Eine Zahl von 0 bis 1.000.000.',
    perDayProblem: 'Eine ganze Zahl von 0 bis 1.000.000.',
    save: 'Speichern',
    saved: 'Gespeichert. Es gilt für alle, die von jetzt an dazukommen.',
  },

  model: {
    title: 'Vorgegebenes Modell',
    label: 'Modell, das Seiten zuerst zeigen',
    hint: 'Jeder Pool dieses Servers ohne eigenen Namen. Das beim Start angegebene steht zuoberst.',
    saved: 'Gespeichert. Seiten zeigen es von jetzt an.',
    save: 'Zur Vorgabe machen',
    reading: 'Die Pools werden gelesen.',
  },

  invites: {
    title: 'Einladungscodes',
    intro:
      'Jeder öffnet so viele Konten, wie du sagst, bis er endet. Danach gefragt wird, wenn neue Konten einen brauchen.',
    note: 'Für wen',
    example: 'Ada',
    uses: 'Konten',
    days: 'Tage',
    usesProblem: 'Eine ganze Zahl von 1 bis 1.000.',
    daysProblem: 'Eine ganze Zahl von 1 bis 365.',
    make: 'Code machen',
    copyNow: 'Kopiere diesen Code jetzt. Er wird nie wieder gezeigt.',
    link: 'Oder verschick diesen Link:',
    kept: 'Ich habe ihn',
    none: 'Noch keine Codes.',
    unnamed: 'ohne Notiz',
    facts: (prefix, used, uses) => `${prefix}-…, ${used} von ${uses} benutzt`,
    ends: (day) => `endet am ${day}`,
    end: 'Beenden',
    whichCode: (note) => `Code ${note}`,
    endWarning: 'Er öffnet kein Konto mehr. Die er geöffnet hat, bleiben.',
    endConfirm: 'Ja, beenden',
  },

  backup: {
    title: 'Sicherung',
    intro:
      'Eine Kopie aller Daten in diesem Augenblick: Konten, Guthaben, Pools und die Schlüssel dieses Servers. Wer die Datei hat, hat alles davon: bewahre sie auf wie einen Schlüssel.',
    sealElsewhere:
      'Ein Siegelschlüssel, den du dem Server in einer eigenen Datei gegeben hast, ist nicht dabei: leg eine Kopie davon dazu.',
    take: 'Jetzt sichern',
    taking: 'Die Daten werden kopiert.',
    taken: (size) => `Gespeichert, ${size}. Dein Browser hat sie bei seinen Downloads.`,
    restore: 'Zum Zurückholen starte einen Server mit einem leeren Ordner: {command}',
    postgres:
      'Die Daten dieses Servers liegen in PostgreSQL: {command} kopiert sie. Leg eine Kopie des Siegelschlüssels dazu.',
  },

  accounts: {
    search: 'Teil eines Namens',
    find: 'Suchen',
    none: 'Kein Konto heißt so.',
    facts: (credits, tabs, since) => `${credits}, ${tabs}, seit ${since}`,
    ban: 'Sperren',
    banWarning: 'Anmeldungen, Schlüssel und Tabs werden sofort abgewiesen und erfahren den Grund.',
    unban: 'Wieder zulassen',
    bannedSince: (when, reason) => `Gesperrt ${when}: ${reason}`,
    reset: 'Link für ein neues Passwort',
    resetWarning:
      'Wer den Link hat, setzt das Passwort. Er gilt einmal und einen Tag lang; ein früher gemachter endet.',
    resetConfirm: 'Link machen',
    resetCopy: 'Schick der Person diesen Link jetzt. Er wird nie wieder gezeigt.',
    resetDone: 'Ich habe ihn verschickt',
    whichAccount: (name) => `Konto ${name}`,
  },

  ban: {
    reason: 'Grund, der mitgeteilt wird',
    example: 'Hat absichtlich falsch geantwortet',
    confirm: 'Sperren',
    missing: 'Schreibe einen Grund.',
  },

  tabs: {
    connected: (tabs) => `Jetzt verbunden: ${tabs}.`,
    none: 'Kein Tab ist verbunden.',
    lends: (pool) => `verleiht an ${pool}`,
    asks: 'verleiht nichts',
    nobodys: 'von niemandem',
    ban: 'Sperren',
    whichTab: (id) => `Tab ${id}`,
    banWarning:
      'Er wird sofort getrennt und kommt nicht wieder. Ein anderer Browser dieser Person wäre ein anderer Tab.',
    bannedTitle: 'Gesperrte Tabs',
    noneBanned: 'Kein Tab ist gesperrt.',
    unban: 'Wieder zulassen',
  },

  jobs: {
    none: 'Noch hat niemand etwas gefragt.',
    facts: (tokens, credits, when) => `${tokens}, ${credits}, ${when}`,
    sources: { http: 'von einem Programm', tab: 'in einem Chat', batch: 'in einem Stapel' },
    states: {
      waiting: 'wartet',
      running: 'läuft',
      settling: 'wird abgerechnet',
      done: 'fertig',
      failed: 'gescheitert',
    },
    nobodys: 'ein Tab ohne Konto',
    whichJob: (id) => `Anfrage ${id}`,
    end: 'Beenden',
    endWarning: 'Sie endet mit dem, was sie hat; das wird bezahlt.',
    endConfirm: 'Ja, beenden',
  },

  pools: {
    none: 'Noch keine Pools.',
    ofServer: 'vom Server selbst',
    ofAccount: 'von einem Konto gemacht',
    ofTabs: 'von Tabs geöffnet',
    facts: (tabs, whose) => `${tabs}, ${whose}`,
    rests: 'ruht',
    load: 'Antworten lassen',
    unload: 'Ruhen lassen',
    unloadWarning: 'Dort bekommt niemand Antwort, bis du ihn wieder antworten lässt.',
    remove: 'Entfernen',
    removeWarning: 'Der Pool ist für immer weg, mit seinem Preis und seiner Liste.',
    removeConfirm: 'Ja, entfernen',
    whichPool: (name) => `Pool ${name}`,
  },

  acts: {
    none: 'Noch wurde nichts getan.',
    names: {
      'log-in': 'Angemeldet',
      'log-out': 'Abgemeldet',
      'change-settings': 'Einstellungen geändert',
      'make-invite': 'Einladungscode gemacht',
      'end-invite': 'Einladungscode beendet',
      'ban-account': 'Konto gesperrt',
      'unban-account': 'Konto wieder zugelassen',
      'make-reset-link': 'Link für ein neues Passwort gemacht',
      'ban-peer': 'Tab gesperrt',
      'unban-peer': 'Tab wieder zugelassen',
      'end-job': 'Anfrage beendet',
      'load-pool': 'Pool antworten lassen',
      'unload-pool': 'Pool ruhen lassen',
      'remove-pool': 'Pool entfernt',
      'back-up': 'Sicherung gemacht',
    },
  },
};
