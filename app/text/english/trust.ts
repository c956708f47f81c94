// What stands on /trust: how a device comes to believe the certificate of a server in its own network.
import { catalogue } from '../catalogue.ts';

export const englishTrust = {
  title: 'Trust this server',
  why: 'This server serves its own network, with a certificate that it made itself. No browser believes such a one unasked. Trusted once, it gives this device graphics and keys here, so that it can lend and ask.',
  none: 'This server has made no certificate of its own: there is nothing to trust.',
  toStart: 'To the start',
  looking: 'Looking whether this device trusts it.',
  trusted: 'This device trusts this server.',
  untrusted: 'This device does not trust this server yet.',
  goOn: 'Go on over https',
  lookAgain: 'Look again',
  fetch: {
    title: '1. Fetch the certificate',
    download: 'Download the certificate',
    compare:
      'Its fingerprint (SHA-256) was written by the server when it started, and your system shows it before it installs. Only if all three are the same is it this server’s.',
  },
  install: {
    title: '2. Install it',
    /** A step a line. */
    systems: {
      apple: {
        name: 'iPhone and iPad',
        steps: `Download it in Safari and allow the profile.
Settings, General, VPN & Device Management: open “ComputePool on …” and press Install.
Settings, General, About, Certificate Trust Settings: switch it on.`,
      },
      android: {
        name: 'Android',
        steps: `Look for “CA certificate” in the settings. It is under Security, Encryption & credentials, Install a certificate.
Press Install anyway and choose the file that you downloaded.
Firefox besides: Settings, About Firefox, press its logo five times, then Settings, Secret Settings: use third party CA certificates.`,
      },
      mac: {
        name: 'Mac',
        steps: `Open the file. Keychain Access puts it into the keychain “login”.
Open “ComputePool on …” there, then Trust, and choose Always Trust.`,
      },
      windows: {
        name: 'Windows',
        steps: `Open the file and press Install Certificate, for the current user.
Choose the store: Trusted Root Certification Authorities.`,
      },
      linux: {
        name: 'Linux, with Chromium or Chrome',
        steps: `Open chrome://certificate-manager, then Your certificates, Installed by you, Trusted certificates.
Press Import and choose the file.`,
      },
      firefox: {
        name: 'Firefox on a computer',
        steps: `Settings, Privacy & Security, Certificates, View Certificates, Authorities: press Import and choose the file.
Tick that it may identify websites.`,
      },
    },
  },
  others: {
    title: 'On another device',
    open: 'Open {address} there, or point its camera here.',
    names: 'It has these names and addresses too:',
    qrCode: 'QR code of this page for another device',
  },
  meaning:
    'What you trust may speak for private networks and for the names of this server, and for no other site. Whoever has the server’s key could pose as a device of your network to this one. Remove it where you installed it when you do not come here any more.',
};

export const trustText = catalogue('trust', englishTrust);
