// Welches Modell antwortet, und wie viel seines Gedächtnisses ein Gespräch einnimmt.
import type { englishModels } from '../english/models.ts';

export const models: typeof englishModels = {
  model: 'Modell',
  choose: 'Modell wählen',
  tabs: (count, figure) => `${figure} ${count === 1 ? 'Tab' : 'Tabs'}`,
  states: { empty: 'keine Tabs', waiting: 'wartet auf Tabs', forming: 'bereitet sich vor', ready: 'antwortet jetzt' },
  speed: (figure) => `etwa ${figure} Token je Sekunde`,
  credits: (figure) => `${figure} Credits für 1.000 Token`,
  inUsdc: (price) => `bezahlt in USDC: ${price}`,
  used: (used, all) => `Dieses Gespräch nimmt ${used} der ${all} Token ein, die sich das Modell merken kann.`,
  usedShort: (used, all) => `${used} von ${all} Token`,
  nearlyFull: 'Bald fallen die ältesten Nachrichten weg; ein neues Gespräch beginnt leer.',
  whoAnswers: 'Wer antwortet',
  suggest: 'Für richtige Antworten braucht es ein größeres Modell. Mit dem Speicher, den Geräte wie dieses verleihen:',
  suggestOne: (name, size) => `${name} (etwa ${size}): dieses Gerät allein könnte es halten`,
  suggestMany: (name, size, devices) => `${name} (etwa ${size}): ${devices} solche Geräte zusammen`,
  lendFor: 'Dafür verleihen',
};
