// Was auf der Startseite steht und wo es keine Seite gibt.
import type { englishHome } from '../english/home.ts';

export const home: typeof englishHome = {
  title: 'Ein Modell über viele Browsertabs',
  heading: 'Ein Sprachmodell, gemeinsam gehalten von vielen Browsertabs.',
  intro:
    'Jeder Tab, der seine GPU verleiht, hält dort einige Schichten eines Modells. Die Tabs geben ihre Ergebnisse direkt aneinander weiter und beantworten gemeinsam Fragen, die keiner von ihnen allein beantworten könnte.',
  lend: 'Diese GPU verleihen',
  ask: 'Fragen',
  free: 'Nichts zu installieren und kein Konto. Wer den Tab schließt, hört auf.',
  demo: {
    title: 'Sieh zu, auf dieser Seite',
    text: 'Drück auf Abspielen, und diese Seite wird zu einem kleinen Netz: drei Hintergrundprogramme halten je ein Drittel eines Modells, ein viertes fragt sie. Was sie rechnen, ist echt, und jede Weitergabe, die du siehst, auch. Vorher lädt sie etwa 9 MB.',
    play: 'Abspielen',
    loading: 'Lädt …',
    failed: 'Es war nicht zu laden. Drück noch einmal.',
  },
  facts: {
    token: {
      title: 'Wie ein Token reist',
      text: 'Dein Tab macht aus deinem Text Tokennummern und schickt sie an den ersten Tab des Rings. Der rechnet seine Schichten und reicht einen kleinen Vektor, das Zwischenergebnis, über WebRTC an den nächsten Tab weiter, und so fort. Der letzte Tab wählt ein Token und schickt dessen Nummer an dich und an den ersten Tab, der von selbst die nächste Runde beginnt: eine Runde, ein Token, und wie weit weg du auch bist, auf diese Entfernung wartest du nur einmal.',
    },
    privacy: {
      title: 'Wer was sieht',
      text: 'Der Server sieht, welche Tabs da sind und welche Schichten sie halten. Was im Chat gefragt wird, erreicht ihn nie; was ein Programm über HTTP fragt, geht durch ihn hindurch. Der erste Tab des Rings bekommt deine Tokennummern, und der letzte wählt die der Antwort: behandle ihre Besitzer also wie Leute, die mitlesen können. Die Tabs dazwischen sehen Zwischenergebnisse, aus denen sich Text zum Teil wiederherstellen lässt. Tabs, die miteinander sprechen, erfahren die Netzadresse des anderen.',
    },
    cost: {
      title: 'Was es kostet',
      text: 'Fragen kostet Guthaben, und Verleihen bringt welches; wer neu ist, bekommt etwas zum Anfang, und kaufen kann es niemand. Verleihen braucht Strom, den Speicher der Schichten, die du hältst, einmal deren Download und je Token und Weitergabe ein paar Kilobyte. Mehr Tabs machen eine einzelne Antwort nicht schneller, denn jede Weitergabe dauert. Sie machen größere Modelle möglich und lassen mehr Leute zugleich fragen.',
    },
  },
  notFound: {
    title: 'Seite nicht gefunden',
    heading: 'Unter dieser Adresse gibt es keine Seite.',
    text: 'Vielleicht ist die Adresse vertippt, oder die Seite ist umgezogen.',
    toStart: 'Zum Anfang',
    toChat: 'Zum Chat',
  },
};
