// Was die Folien sagen. Ihre Zahlen kommen aus Belegen, wenn die Seite gebaut wird.
import type { englishPitch } from '../english/pitch.ts';

export const pitch: typeof englishPitch = {
  title: 'In zehn Folien',
  place: (number, count) => `${number} von ${count}`,
  back: 'Zurück',
  next: 'Weiter',
  times: (ratio) => `${ratio}×`,
  percent: (share) => `${share} %`,
  seconds: (count) => `${count} s`,
  receipt: {
    link: 'Beleg',
    made: (date, cores) => `${date}, auf einem Rechner mit ${cores} Kernen und ohne GPU.`,
    dirty: 'Der Quelltext hatte Änderungen, die seinem Commit fehlen.',
  },
  slides: {
    begin: {
      title: 'Ein Sprachmodell, gemeinsam gehalten von vielen Browsertabs.',
      text: 'Öffne eine Seite, und dein Gerät hält einige Schichten eines Modells. Genug solcher Seiten beantworten gemeinsam, was keine von ihnen allein beantworten könnte. Nichts zu installieren, kein Konto, keine Cloud, die rechnet.',
      see: 'Sieh zu',
      keys: 'Die Pfeiltasten führen von Folie zu Folie. Jede Zahl verweist auf den Beleg ihrer Messung.',
    },
    how: {
      title: 'Wie es geht',
      points: {
        cut: {
          title: 'Jedes exportierte Modell, geschnitten, wo es liegt',
          text: 'Ein Tab liest den Graphen des Modells und lädt nur die Gewichte seiner Schichten. Nichts wird umgewandelt, und kein Server hält eine eigene Kopie.',
        },
        ring: {
          title: 'Ein Ring aus Tabs',
          text: 'Zwischenergebnisse reisen über WebRTC von Tab zu Tab. Eine Runde ist ein Token; auf deine eigene Entfernung wartest du einmal.',
        },
        server: {
          title: 'Ein Server, der nichts rechnet',
          text: 'Er macht Tabs miteinander bekannt, plant, wer was hält, und führt die Guthaben. Von einem Chat in einem Tab sieht er nie ein Wort.',
        },
        open: {
          title: 'Die Schnittstelle, die Programme kennen',
          text: 'Jedes Programm für OpenAI arbeitet damit. Guthaben verdient, wer verleiht; Marktpools werden in USDC bezahlt.',
        },
      },
    },
    equal: {
      title: 'Geteilt oder ganz, dieselbe Antwort',
      text: 'Richtig heißt gleich: Token für Token, auch während Tabs kommen und gehen.',
      soak: (leaves, wrong) =>
        `Antworten in einer halben Stunde, in der ${leaves} Mal ein Tab ging, waren die des ganzen Modells, und ${wrong} waren es nicht.`,
      settled: (broken) =>
        `erfundene Antworten abgerechnet, mit Lügnern unter denen, die dienten: ${broken} davon verletzten die Regeln der Rechnung.`,
    },
    distance: {
      title: 'Entfernung kostet, was Entfernung kostet',
      text: 'Zwischen Tabs, die weit auseinander sind, geht wenig verloren außer dem Weg selbst, und das meiste davon holt Vorausraten zurück.',
      bound:
        'des Tempos, das Rechnen und Entfernung erlauben, mindestens, über zwei und drei Tabs im Abstand von 5 bis 50 ms.',
      drafted: (least) =>
        `so schnell, wo ein kleines Modell vorausrät, über zwei Tabs im Abstand von 20 ms; bei Texten, die es kaum kennt, mindestens ${least}. Die Token sind dieselben.`,
      sessions: (count) => `so viele Token je Sekunde mit ${count} Gesprächen auf vier Tabs wie mit einem.`,
    },
    slower: {
      title: 'Mehr Tabs machen eine einzelne Antwort nie schneller',
      text: 'Sie machen größere Modelle möglich und bedienen mehr Leute zugleich. Wer Platz für das ganze Modell hat, ist allein am schnellsten.',
      ofSolo: (two) =>
        `des Tempos eines einzelnen Tabs bleiben über drei Tabs ohne Abstand, und ${two} über zwei: beim kleinsten Modell, bei dem eine Weitergabe am meisten wiegt.`,
      alone: 'so schnell wie transformers.js, ein Tab allein mit WASM und denselben Dateien.',
    },
    loss: {
      title: 'Tabs werden geschlossen. Antworten gehen weiter',
      text: 'Jeder Zwischenspeicher einer Antwort lässt sich neu rechnen von dem, der den leeren Platz einnimmt. Das stimmt fast immer und geht noch nicht so schnell, wie es soll.',
      of: (right, all) => `${right} von ${all}`,
      right:
        'Arten von Verlust, vom geschlossenen Tab bis zur verlorenen GPU, ließen Text, Verbrauch und Rechnung wie in einem ruhigen Lauf.',
      silent: (missed, all) =>
        `ohne Token, wenn der Tab in der Mitte geschlossen wird und ein anderer bereitsteht. ${missed} von ${all} Zielen dieser Messung sind verfehlt.`,
      back: (tabs) => `bis ${tabs} Tabs zurück sind, wenn der Server abgeschossen wird und neu startet.`,
    },
    hostile: {
      title: 'Niemandem wird aufs Wort geglaubt',
      text: 'Verbindungen werden mit Schlüsseln bewiesen, Erlaubnis mit unterschriebenen Tickets, Arbeit mit Belegen, die nur die Seite des Zahlenden einlösen kann.',
      fuzzed: (faults) => `zufällige und feindliche Nachrichten, und ${faults} Fehler des Servers.`,
      of: (right) => `${right} von 100`,
      attacked:
        'Antworten an ehrliche Leute stimmten, während ein Angreifer alles nutzte, was der Server Fremde tun lässt.',
    },
    money: {
      title: 'Fremde können zahlen, je Antwort oder je Sekunde',
      text: 'Ein Marktpool antwortet 402, eine Unterschrift zahlt, der Vertrag teilt es unter den Tabs auf, die dienten. Gemessen in einer echten EVM, zum Gaspreis, den der Beleg nennt.',
      payment: 'für eine Zahlung am Ende, auf Base, errechnet.',
      stream: (gas) => `für einen Zahlungsstrom, der geöffnet und geschlossen wird: ${gas} Gas.`,
    },
    cost: {
      title: 'Was es kostet, gegen eine Cloud',
      text: 'Wer fragt: Guthaben, das Verleihen bringt. Wer verleiht: Strom. Nichts auf dieser Folie ist gemessen, denn auf GPUs hat dieses Netz noch niemand gemessen; ändere, was du besser weißt.',
      fields: {
        tabs: 'Tabs',
        wattsPerTab: 'Watt mehr je Tab',
        tokensPerSecond: 'Token je Sekunde, alle Antworten',
        perKwh: 'Preis einer kWh',
        cloudPerMillion: 'Cloud, je Million Token',
      },
      result: (own, cloud) => `${own} an Strom für eine Million Token, gegen ${cloud} in einer Cloud.`,
      nothing: 'Zahlen über null geben ein Ergebnis.',
      sources:
        'Angenommen: 60 W braucht der Chip eines Laptops bei der Arbeit, 0,30 zahlt ein Haushalt in Deutschland, 60 Token je Sekunde sind geschätzt für acht Antworten nebeneinander, 0,15 ist die Größenordnung für ein Modell mit 8 Milliarden Parametern in einer Cloud; sieh bei deiner nach. Eine Cloud mit vollen Stapeln ist im Preis schwer zu schlagen. Das hier ist für Geräte, die ohnehin laufen, für Modelle, die dir niemand hostet, und für Leute, die lieber keine Firma fragen.',
    },
    open: {
      title: 'Was nicht gelöst ist',
      points: {
        proofs: {
          title: 'Beweise, dass richtig gerechnet wurde',
          text: 'Ein Tab könnte etwas anderes rechnen. Kurze bekannte Antworten prüfen jeden Ring, bevor er dient, und Belege nennen, wen eine Prüfung fragen würde; solche Prüfungen gibt es noch nicht.',
        },
        privacy: {
          title: 'Fragen, die vor den Tabs verborgen sind',
          text: 'Der erste Tab bekommt deine Tokennummern, der letzte wählt die der Antwort, und aus Zwischenergebnissen lässt sich Text zum Teil wiederherstellen. Frag Fremde nichts, was Fremde nicht lesen dürfen.',
        },
        gpus: {
          title: 'Zahlen von echten GPUs',
          text: 'Alles hier wurde auf zwei Prozessorkernen gemessen, mit kleinen Modellen. Verhältnisse übertragen sich besser als Geschwindigkeiten.',
        },
        recovery: {
          title: 'Verluste, die niemand bemerkt',
          text: 'Ein Tab, der verstummt, kostet Sekunden, mehr als das Ziel.',
        },
        server: {
          title: 'Ein Server plant',
          text: 'Chats gehen ohne ihn weiter, und neue warten. Ein Netz von Servern gibt es noch nicht.',
        },
        nat: {
          title: 'Netze, die niemanden hereinlassen',
          text: 'Manche Tabs erreichen einander nur über ein Relais, das jemand betreiben muss.',
        },
      },
    },
  },
};
