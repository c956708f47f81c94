// Was auf /account steht.
import type { englishAccount } from '../english/account.ts';

export const account: typeof englishAccount = {
  title: 'Konto',
  asking: 'Der Server wird gefragt, wer du bist.',
  intro:
    'Ein Konto hat ein Guthaben. Du verdienst es, indem du eine GPU verleihst, und gibst es aus, indem du fragst, hier oder mit einem API-Schlüssel. Zum Umsehen brauchst du keines.',
  loggedInAs: 'Angemeldet als {name}',
  logOut: 'Abmelden',

  sign: {
    legend: 'Neu oder schon bekannt',
    purposes: { register: 'Neues Konto', 'log-in': 'Anmelden' },
    name: 'Name',
    nameHint: 'Buchstaben, Ziffern, „-“ und „_“. Nach einer Mailadresse wird nicht gefragt.',
    password: 'Passwort',
    passwordHint:
      'Mindestens 8 Zeichen. Bewahre es gut auf: einen Link für ein neues kann dir nur der Betreiber dieses Servers machen.',
    invite: 'Einladungscode',
    inviteHint: 'Du bekommst ihn vom Betreiber dieses Servers.',
    inviteMissing: 'Gib den Einladungscode ein.',
    inviteProblem: 'Ein Code hat sechzehn Buchstaben und Ziffern, in Vierergruppen.',
    closed: 'Dieser Server nimmt gerade keine neuen Konten an. Wer eines hat, kann sich anmelden.',
    making: 'Das Konto wird angelegt.',
    loggingIn: 'Du wirst angemeldet.',
    make: 'Das Konto anlegen',
    logIn: 'Anmelden',
    wrong: 'Prüfe Name und Passwort und versuche es noch einmal.',
    taken: 'Wähle einen anderen Namen, oder melde dich an, wenn es deiner ist.',
    nameMissing: 'Schreibe den Namen des Kontos.',
    nameProblem: 'Ein Name hat 3 bis 32 Buchstaben (a-z), Ziffern, „-“ oder „_“.',
    passwordMissing: 'Schreibe das Passwort.',
    passwordProblem: 'Ein Passwort hat 8 bis 200 Zeichen.',
    oldPasswordMissing: 'Schreibe das bisherige Passwort.',
    newPasswordMissing: 'Schreibe ein neues Passwort.',
  },

  balance: {
    title: 'Guthaben',
    toSpend: '{credits} Credits zum Ausgeben',
    available: 'verfügbar',
    held: 'zurückgelegt für laufende Anfragen',
    nothing: 'Nichts mehr zum Ausgeben. Verleihe eine GPU, um Guthaben zu verdienen.',
    holds:
      'Für eine Anfrage wird zurückgelegt, was sie höchstens kosten kann; was sie nicht braucht, kommt an ihrem Ende zurück.',
  },

  peers: {
    title: 'Browser, die für dich verdienen',
    intro:
      'Jeder Tab, der eine GPU verleiht, hat einen eigenen Schlüssel. Beim Zuordnen wird damit unterschrieben; was die Tabs vorher verdient haben, kommt mit, und von da an verdienen sie für dieses Konto.',
    claim: 'Diesen Browser zuordnen',
    nothingToClaim: 'Dieser Browser hat noch nicht verliehen oder gefragt, also gibt es nichts zuzuordnen.',
    claimed: (count) =>
      `Für dich ${count === 1 ? 'verdient' : 'verdienen'} jetzt: ${count} ${count === 1 ? 'Tab' : 'Tabs'} dieses Browsers.`,
    claiming: 'Es wird unterschrieben und dem Server gesagt.',
    letGo: 'Freigeben',
    which: (id) => `Tab ${id}`,
    letGoWarning: 'Er verdient dann wieder für sich. Was er verdient hat, bleibt hier.',
    letGoConfirm: 'Ja, freigeben',
    none: 'Noch ist kein Tab zugeordnet.',
  },

  keys: {
    title: 'API-Schlüssel',
    intro:
      'Ein Programm, das einen Schlüssel an {path} schickt, gibt das Guthaben dieses Kontos aus. Jeder OpenAI-Client geht.',
    label: 'Wofür der Schlüssel ist',
    example: 'Laptop',
    unnamed: 'ohne Namen',
    make: 'Schlüssel anlegen',
    reading: 'Die Schlüssel werden gelesen.',
    none: 'Noch keine Schlüssel.',
    madeAndUsed: '{prefix}, angelegt {made}, zuletzt benutzt {used}',
    madeNeverUsed: '{prefix}, angelegt {made}, nie benutzt',
    revoke: 'Widerrufen',
    which: (label) => `Schlüssel ${label}`,
    revokeWarning: (label) => `Programme, die „${label}“ benutzen, gehen sofort nicht mehr.`,
    revokeConfirm: 'Ja, widerrufen',
    copyNow: 'Kopiere diesen Schlüssel jetzt. Er wird nie wieder gezeigt.',
    exampleLanguage: 'Sprache des Beispiels',
    exampleProgram: 'Beispiel',
    kept: 'Ich habe ihn aufbewahrt',
  },

  hooks: {
    title: 'Webhooks',
    intro:
      'Ein Stapel von Anfragen kann eine Adresse nennen, die erfährt, wenn er fertig ist. Was dorthin geht, ist mit einem Geheimnis unterschrieben, damit der Empfänger weiß, von wem es kommt.',
    make: 'Neues Geheimnis',
    which: 'für Webhooks',
    makeWarning: 'Das bisherige Geheimnis, falls es eines gibt, gilt dann nicht mehr.',
    makeConfirm: 'Ja, neu anlegen',
    copyNow: 'Kopiere dieses Geheimnis jetzt. Es wird nie wieder gezeigt.',
  },

  usage: {
    title: 'Verbrauch',
    refresh: 'Neu laden',
    which: ': Verbrauch',
    reading: 'Die Anfragen werden gelesen.',
    predictions: 'Vorhergesagt und gemessen',
    none: 'Dieses Konto hat noch keine Anfrage bezahlt. Es zahlt für Programme, die einen seiner API-Schlüssel zeigen, und für Chats in Browsern, die ihm zugeordnet sind: ordne oben diesen Browser zu, dann stehen seine Chats von da an hier. Ein Chat in einem Browser, der niemandem zugeordnet ist, wird aus dem eigenen Guthaben dieses Browsers bezahlt.',
    requests: 'Anfragen',
    columns: {
      when: 'Wann',
      pool: 'Pool',
      mode: 'Art',
      predicted: 'Vorhergesagt',
      measured: 'Gemessen',
      firstToken: 'Erstes Token',
      tokens: 'Token',
      credits: 'Credits',
    },
    facts: { tokens: 'Token', predicted: 'vorhergesagt', measured: 'gemessen', firstToken: 'erstes Token' },
    charged: '{credits} Credits',
    states: { waiting: 'wartet', running: 'läuft', settling: 'wird abgerechnet', failed: 'gescheitert' },
    job: (id) => `Auftrag ${id}`,
  },

  statement: {
    title: 'Kontoauszug',
    which: ': Kontoauszug',
    reading: 'Der Kontoauszug wird gelesen.',
    none: 'Noch hat sich nichts bewegt.',
    older: 'Ältere Zeilen',
    readingOlder: 'Ältere Zeilen werden gelesen',
    held: (amount) => `${amount} zurückgelegt`,
    bookings: (count) => `${count} ${count === 1 ? 'Buchung' : 'Buchungen'}`,
    line: (what, bucket) => `${what}, ${bucket}`,
    buckets: { available: 'verfügbar', held: 'zurückgelegt' },
  },

  logins: {
    title: 'Anmeldungen',
    intro:
      'Jeder Browser, in dem dieses Konto angemeldet ist. Beende, was du nicht kennst, und ändere dann das Passwort.',
    reading: 'Die Anmeldungen werden gelesen.',
    device: (browser, system) => `${browser} auf ${system}`,
    someBrowser: 'Ein Browser',
    unknownDevice: 'Unbekanntes Gerät',
    times: (since, seen) => `angemeldet ${since}, gesehen ${seen}`,
    thisBrowser: 'dieser Browser',
    end: 'Beenden',
    which: (device) => `Anmeldung von ${device}`,
    endWarning: 'Er wird sofort abgemeldet.',
    endKeysWarning: 'Er wird sofort abgemeldet, und Schlüssel, die dort angelegt wurden, gehen nicht mehr.',
    endConfirm: 'Ja, beenden',
    keysToo: 'Auch API-Schlüssel widerrufen',
    keysTooHint:
      'Mit einer Anmeldung die Schlüssel, die dort angelegt wurden; überall: jeden Schlüssel. Sonst laufen Programme mit ihren weiter.',
    endAll: 'Überall abmelden',
    endAllWarning: 'Jeder Browser wird abgemeldet, auch dieser. API-Schlüssel gelten weiter.',
    endAllKeysWarning: 'Jeder Browser wird abgemeldet, auch dieser, und kein API-Schlüssel gilt mehr.',
  },

  reset: {
    title: 'Ein neues Passwort',
    intro: 'Der Betreiber dieses Servers hat dir diesen Link gemacht. Er gilt einmal.',
    password: 'Neues Passwort',
    keysToo: 'Auch alle API-Schlüssel widerrufen',
    keysTooHint: 'Falls jemand anderes das alte Passwort gehabt haben könnte.',
    setting: 'Das Passwort wird gesetzt.',
    submit: 'Passwort setzen',
    done: 'Das Passwort ist gesetzt. Melde dich damit an.',
    useless: 'Bitte den Betreiber dieses Servers um einen neuen Link.',
    leave: 'Stattdessen anmelden',
  },

  ownData: {
    title: 'Deine Daten',
    exportIntro:
      'Eine Datei mit allem, was der Server über dieses Konto aufbewahrt: Name, Guthaben, Buchungen, Anfragen, Schlüssel ohne ihr Geheimnis, Anmeldungen.',
    download: 'Deine Daten herunterladen',
    deleteTitle: 'Dieses Konto löschen',
    deleteIntro:
      'Anmeldungen, API-Schlüssel, Zuordnungen, Dateien und Stapel enden sofort, und der Name wird gelöscht: jemand anderes kann ihn nehmen. Pools, die du gemacht hast, bleiben und gehören dann dem Server.',
    credits: (amount) =>
      `Was übrig ist, ${amount}, geht dorthin zurück, woher Guthaben kommt: niemand bekommt es. Willst du nichts verschenken, gib es vorher aus.`,
    begin: 'Das Konto löschen',
    name: 'Name des Kontos, noch einmal',
    nameProblem: 'Schreibe den Namen dieses Kontos.',
    password: 'Passwort',
    passwordMissing: 'Schreibe das Passwort.',
    warning: 'Das lässt sich nicht rückgängig machen.',
    confirm: 'Endgültig löschen',
    deleting: 'Das Konto wird gelöscht.',
    keep: 'Behalten',
    gone: (amount) => `Das Konto ist gelöscht. Zurückgegangen: ${amount}.`,
  },

  password: {
    title: 'Passwort',
    old: 'Altes Passwort',
    new: 'Neues Passwort',
    newHint: 'Mindestens 8 Zeichen. Alle anderen Browser werden abgemeldet.',
    keysToo: 'Auch jeden API-Schlüssel widerrufen',
    keysTooHint: 'Falls jemand anderes das alte Passwort gehabt haben könnte.',
    changing: 'Das Passwort wird geändert.',
    submit: 'Das Passwort ändern',
    changed: 'Geändert. Andere Browser sind abgemeldet.',
  },
};
