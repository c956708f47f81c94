// Warum eine Antwort ihren Weg nimmt und warum sie wartet.
import type { englishRoute } from '../english/routes.ts';

const tabs = (count: number): string => `${count} ${count === 1 ? 'Tab' : 'Tabs'}`;

const answers = (count: number): string => `${count} ${count === 1 ? 'Antwort' : 'Antworten'}`;

export const routes: typeof englishRoute = {
  facts: {
    holdsAll: (size, time) => `Dieser Tab hält alle ${size} selbst, ${time} je Schicht: nichts muss reisen.`,
    holdsAllUnserved: 'Der Server hat nicht geantwortet, und dieser Tab hält das ganze Modell.',
    unmeasured: 'Dieser Tab hat noch nicht gemessen, was er selbst könnte.',
    lendsTooLittle: (size, needed) => `Dieser Tab verleiht ${size} der ${needed}, die das Modell braucht.`,
    noTab: 'Kein Tab verleiht an dieses Modell.',
    tabsLendTooLittle: (count) =>
      `${tabs(count)} ${count === 1 ? 'verleiht' : 'verleihen'} zu wenig Speicher für das Modell.`,
    tooFar: (count, pair, lap, mostPair, mostLap) =>
      `${tabs(count)}, ${pair} zwischen zweien und ${lap} Weg je Runde: ab ${mostPair} oder ${mostLap} ms sollte niemand auf jedes Token warten.`,
    oneTab: 'Ein Tab hält das ganze Modell; zwischen zwei Token muss nichts reisen.',
    nothingToSplit: 'Ein Tab hält das ganze Modell: da gibt es nichts zu teilen.',
    together: (count, pair, lap) =>
      `${tabs(count)} halten das Modell gemeinsam, ${pair} zwischen den beiden entferntesten; der Weg kostet ${lap} je Runde.`,
    neighboursApart: (time, most) =>
      `Zwei Nachbarn im Ring sind ${time} voneinander entfernt; dafür sind höchstens ${most} ms erlaubt.`,
    wayToThem: (time) => `Auf den Weg zu ihnen und zurück, ${time}, wird einmal gewartet.`,
    waysAssumed: (ms) => `Wege, die niemand gemessen hat, zählen mit ${ms} ms hin und zurück.`,
    loadsFirst: 'Seine Teile müssen zuerst geladen werden.',
    predicted: (pace, time) => `Vorhergesagt: ${pace}, erstes Token nach ${time}.`,
    predictedAgainst: (pace, other, mode, time) =>
      `Vorhergesagt: ${pace} gegen ${other} (${mode}), erstes Token nach ${time}.`,
    waits: (time) => `Vorher etwa ${time} in der Warteschlange.`,
    compared: (pace, chosen) => `${pace} gegen ${chosen}.`,
    crowded: (running, queued, time, most) =>
      `${running === 1 ? 'Eine Antwort läuft' : `${running} Antworten laufen`} und ${queued === 1 ? 'eine wartet' : `${queued} warten`}: etwa ${time}, bis diese beginnt, und länger als ${most} sollte niemand warten.`,
    askedForBatch: 'Gewünscht war ein Stapel.',
    nothingNow: 'Sofort kann jetzt niemand antworten.',
    later: 'Der Auftrag gilt jetzt, die Antwort kommt später.',
  },
  queue: {
    loading: 'Im Augenblick rechnet niemand dieses Modell: die Tabs, die da sind, laden ihre Schichten.',
    replacing: 'Die Tabs dieser Antwort werden gerade ersetzt.',
    one: (running, slots) => `Der Verbund gibt gerade ${answers(running)} zugleich und hat Platz für ${slots}.`,
    rings: (rings, running, slots) =>
      `${rings} Ringe geben zusammen gerade ${answers(running)} zugleich und haben Platz für ${slots}.`,
  },
};
