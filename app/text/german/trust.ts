// Deutsch: /trust.
import type { englishTrust } from '../english/trust.ts';

export const trust: typeof englishTrust = {
  title: 'Diesem Server vertrauen',
  why: 'Dieser Server bedient sein eigenes Netz, mit einem Zertifikat, das er selbst gemacht hat. Ungefragt glaubt einem solchen kein Browser. Hast du ihm einmal vertraut, bekommt dieses Gerät hier Grafik und Schlüssel: dann kann es verleihen und fragen.',
  none: 'Dieser Server hat kein eigenes Zertifikat gemacht: hier gibt es nichts, dem zu vertrauen wäre.',
  toStart: 'Zum Anfang',
  looking: 'Sieht nach, ob dieses Gerät ihm vertraut.',
  trusted: 'Dieses Gerät vertraut diesem Server.',
  untrusted: 'Dieses Gerät vertraut diesem Server noch nicht.',
  goOn: 'Weiter über https',
  lookAgain: 'Noch einmal nachsehen',
  fetch: {
    title: '1. Das Zertifikat holen',
    download: 'Zertifikat herunterladen',
    compare:
      'Seinen Fingerabdruck (SHA-256) hat der Server beim Start geschrieben, und dein System zeigt ihn, bevor es installiert. Nur wenn alle drei gleich sind, gehört es diesem Server.',
  },
  install: {
    title: '2. Installieren',
    systems: {
      apple: {
        name: 'iPhone und iPad',
        steps: `Lade es in Safari herunter und erlaube das Profil.
Einstellungen, Allgemein, VPN und Geräteverwaltung: öffne „ComputePool on …“ und drücke Installieren.
Einstellungen, Allgemein, Info, Zertifikatsvertrauenseinstellungen: schalte es ein.`,
      },
      android: {
        name: 'Android',
        steps: `Suche in den Einstellungen nach „CA-Zertifikat“. Es steht unter Sicherheit, Verschlüsselung und Anmeldedaten, Zertifikat installieren.
Drücke Trotzdem installieren und wähle die heruntergeladene Datei.
Firefox außerdem: Einstellungen, Über Firefox, fünfmal auf das Logo drücken, dann Einstellungen, Geheime Einstellungen: CA-Zertifikate von Dritten verwenden.`,
      },
      mac: {
        name: 'Mac',
        steps: `Öffne die Datei. Die Schlüsselbundverwaltung legt sie in den Schlüsselbund „Anmeldung“.
Öffne dort „ComputePool on …“, dann Vertrauen, und wähle Immer vertrauen.`,
      },
      windows: {
        name: 'Windows',
        steps: `Öffne die Datei und drücke Zertifikat installieren, für den aktuellen Benutzer.
Wähle den Speicher: Vertrauenswürdige Stammzertifizierungsstellen.`,
      },
      linux: {
        name: 'Linux, mit Chromium oder Chrome',
        steps: `Öffne chrome://certificate-manager, dann Meine Zertifikate, Von dir installiert, Vertrauenswürdige Zertifikate.
Drücke Importieren und wähle die Datei.`,
      },
      firefox: {
        name: 'Firefox auf einem Computer',
        steps: `Einstellungen, Datenschutz & Sicherheit, Zertifikate, Zertifikate anzeigen, Zertifizierungsstellen: drücke Importieren und wähle die Datei.
Kreuze an, dass sie Websites identifizieren darf.`,
      },
    },
  },
  others: {
    title: 'Auf einem anderen Gerät',
    open: 'Öffne dort {address}, oder richte seine Kamera hierher.',
    names: 'Diese Namen und Adressen hat er auch:',
    qrCode: 'QR-Code dieser Seite für ein anderes Gerät',
  },
  meaning:
    'Was du hier für vertrauenswürdig erklärst, darf für private Netze und die Namen dieses Servers sprechen, und für keine andere Seite. Wer den Schlüssel des Servers hat, könnte sich diesem Gerät gegenüber als ein Gerät deines Netzes ausgeben. Entferne es dort, wo du es installiert hast, wenn du nicht mehr hierherkommst.',
};
