// Was liest, wer in Marktpools verdient: was die Tabs in USDC verdient haben, wie man es holt, und wie es um den Schlüssel des Servers steht.
import type { englishEarn } from '../english/earn.ts';

export const earn: typeof englishEarn = {
  title: 'Verdient in USDC',
  none: 'Noch hat keiner deiner Tabs für eine bezahlte Sitzung gearbeitet.',
  intro:
    'Sitzungen, für die deine Tabs gearbeitet haben. Was die Quittungen zeigen, gehört dir, sobald die Sitzung vorbei ist; ein Teil fließt schon vorher.',
  yours: 'Deins',
  ofIt: (amount) => `davon bezahlt ${amount}`,
  perSecond: (amount) => `${amount} in der Sekunde an alle ihre Tabs`,
  states: {
    paying: 'wird bezahlt',
    waiting: 'wartet auf eine Frage',
    streaming: 'fließt',
    resting: 'ruht',
    ending: 'endet',
    over: 'vorbei',
  },
  receipts: (count) =>
    count === 1 ? '1 unterschriebene Quittung von dir' : `${count} unterschriebene Quittungen von dir`,
  receiptsNone: 'Noch keine Quittung von dir: Tabs unterschreiben am Ende einer Antwort.',
  saveReceipts: 'Quittungen sichern',
  steps: 'Jeder Schritt mit seiner Transaktion',
  waiting: {
    title: 'Abzuholen',
    intro:
      'Was fließt und was am Ende bezahlt wird, liegt als USDCx bei deiner Adresse oder wartet beim Pool, bis es abgeholt wird.',
    claimable: 'Wartet beim Pool',
    wrapped: 'Bei deiner Adresse, als USDCx',
    claim: 'Abholen',
    unwrap: 'In USDC tauschen',
    gas: 'Beides sind Transaktionen deiner eigenen Wallet und kosten ihr Gas.',
    slots:
      'Eine Adresse ist mit höchstens vier Pools verbunden, und Fremde können diese Plätze belegen: Dann wartet alles hier, bis es abgeholt wird.',
    working: 'Wartet auf deine Wallet und die Chain.',
    done: 'Fertig.',
    none: 'Es wartet nichts.',
  },
  connect: 'Konto meiner Wallet nehmen',
  connecting: 'Deine Wallet fragt, welches Konto du nimmst.',
  operator: {
    title: 'Für den, der diesen Server betreibt',
    hotKey: 'Schlüssel des Servers',
    sessions: (count) =>
      count === 1 ? 'Gas für noch 1 Sitzung' : `Gas für noch ${count.toLocaleString('de-DE')} Sitzungen`,
    low: 'Das ist wenig: Schicke ihm etwas, sonst kann er Sitzungen weder öffnen noch schließen.',
    waiting: (count) => (count === 1 ? '1 Transaktion ist unterwegs' : `${count} Transaktionen sind unterwegs`),
    paid: 'Bezahlte Sitzungen',
    noSessions: 'Noch hat niemand eine bezahlt.',
    treasury: 'Kasse',
    contract: 'Vertrag',
  },
  make: {
    title: 'Einen Marktpool anlegen',
    intro:
      'Ein Marktpool ist ein eigener Vertrag, den dein eigener Schlüssel anlegt und bezahlt. Dieser Server legt den Pool an, wenn er damit startet.',
    name: 'Name',
    chain: 'Netz',
    price: 'USDC für eine Million Tokens',
    deploy: 'Leg ihn an:',
    start: 'Starte den Server damit:',
    badName: 'Kleine Buchstaben, Ziffern und Bindestriche.',
    badPrice: 'Eine Zahl über 0.',
  },
};
