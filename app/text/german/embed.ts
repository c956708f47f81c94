// Was im Chat steht, den Seiten anderer in einem Rahmen zeigen.
import type { englishEmbed } from '../english/embed.ts';

export const embed: typeof englishEmbed = {
  title: 'Chat',
  conversation: 'Gespräch',
  intro: 'Schreib unten. Die Antwort kommt Wort für Wort von Browser-Tabs, die das Modell gemeinsam halten.',
  noPool: (id) => `„${id}“ ist kein Pool.`,
  noPoolNext: 'Der Name eines Pools ist owner/model@revision:dtype, so wie seine Seite ihn zeigt.',
  pay: 'Was das kostet, und wie du zahlst',
  hostWallet: 'der Wallet der Seite',
  onePlace: 'Hier gibt es nur eine Antwort auf einmal.',
  onePlaceNext: 'Warte, bis sie zu Ende ist, oder halte sie an.',
  notSent: 'Die Frage wurde nicht gesendet.',
  notSentNext: 'Frag noch einmal.',
  nothingAsked: 'Es gibt nichts zu beantworten.',
  nothingAskedNext: 'Frag mit einem Text.',
  hostWaits: (question) => `Diese Seite fragt „${question}“, sobald jemand antworten kann.`,
  doNotSend: 'Nicht senden',
  lend: 'Dieses Gerät an den Pool verleihen',
  lendHint: 'Öffnet einen neuen Tab, und nichts wird verliehen, bevor du dort zustimmst.',
  whoSees: 'Wer das sieht',
  seen: 'Was du schreibst, geht an die Tabs, die antworten und deren Besitzer mitlesen können, und nicht an die Seite um diesen Rahmen. Auch sie kann hier fragen, vor deinen Augen, und bekommt die Antworten auf ihre eigenen Fragen. Von diesem Gespräch wird nichts behalten.',
  apart:
    'Dein Browser trennt diesen Rahmen von den eigenen Seiten von ComputePool: dein Konto und das Guthaben, das du dort hast, zählen hier nicht.',
  ownTab: 'In einem eigenen Tab weitermachen',
  ownTabHint:
    'Dort zählt dein eigenes Guthaben, und Verleihen bringt welches. Was diese Seite schenkt, gibt es morgen wieder.',
};
