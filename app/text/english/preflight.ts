// What a person may know before they lend.
import { catalogue } from '../catalogue.ts';

export const englishPreflight = {
  title: 'Before you lend',
  /** Behind the title: it keeps nobody from pressing the button. */
  hint: 'What this page can see of the device without loading anything. The button works whatever it says.',
  marks: { ok: 'fine', note: 'to know', problem: 'a problem', looking: 'looking' },
  names: {
    secure: 'Connection',
    gpu: 'Graphics device',
    memory: 'Memory',
    load: 'What it loads',
    disk: 'Disk',
    network: 'Other tabs',
    speed: 'Speed',
  },
  secure: {
    ok: 'The page is secure, as browsers ask for before they let a page compute.',
    insecure: 'The page did not come over https: the browser lets it compute nothing.',
    insecureTodo: 'Open it over https, or on the machine that the server runs on.',
  },
  gpu: {
    looking: 'Looking for a graphics device.',
    found: (name: string) => `${name}. Whether it computes this model rightly is tried when you lend.`,
    software: (name: string) => `Only one in software (${name}), about as slow as the processor.`,
    softwareTodo: 'If this device has a graphics chip, hardware acceleration may be off in the browser’s settings.',
    cpuChosen: 'Not used, as you chose: the processor computes, which is slower and just as right.',
    noApi: 'This browser offers no WebGPU here.',
    noDevice: 'This browser has WebGPU, and found no graphics device for it.',
    cpu: 'The processor computes, which is slower and just as right.',
    cpuTodo: 'Another browser may do better: current Chrome, Edge, Firefox and Safari have WebGPU on many devices.',
    willFail: 'With WebGPU chosen, lending will fail.',
    willFailTodo: 'Choose Automatic or WASM under More choices.',
  },
  memory: {
    looking: 'Looking at what this device has.',
    chosen: (bytes: string) => `At most ${bytes}, as you chose, weights and conversations together.`,
    guessed: (bytes: string) => `At most ${bytes}, a careful guess from what the browser says of this device.`,
  },
  load: {
    looking: 'Looking how large the model is.',
    whole: (bytes: string) => `Some parts of the model, perhaps all of its ${bytes}; the server says which.`,
    part: (most: string, bytes: string) =>
      `As many parts of the model’s ${bytes} as ${most} hold; the server says which.`,
    modelUnknown: 'How large the model is shows when it is read; only its own parts are loaded.',
    program: (bytes: string) =>
      `And once the program that computes, ${bytes}. What this browser has already is not loaded again.`,
    programUnknown: 'And once the program that computes. What this browser has already is not loaded again.',
    missing: 'There are no weights of this model in this format.',
    otherFormats: (dtypes: string) => `It has ${dtypes}: choose one of these as the weight format.`,
    otherModel: 'Check the model’s name, or choose another one.',
  },
  disk: {
    looking: 'Looking how much room there is.',
    unknown: 'The browser does not say how much it lets this site keep.',
    free: (bytes: string) => `${bytes} free for this site: what was loaded is kept for the next time.`,
    little: (bytes: string) =>
      `Only ${bytes} free for this site. It works, and loads again each time what it could not keep.`,
    littleTodo: 'Free some room on this device if it should be quicker the next time.',
  },
  network: {
    looking: 'Looking whether other tabs could reach this one.',
    offline: 'The browser says that this device is offline.',
    offlineTodo: 'Connect it to a network.',
    noWebrtc: 'This browser has no WebRTC, by which tabs reach each other.',
    noWebrtcTodo: 'Allow it in the browser’s settings or extensions, or use another browser.',
    mute: 'The browser names no address of this device, so no tab can reach it.',
    muteTodo: 'A setting or an extension hides addresses (WebRTC): allow them for this site.',
    found:
      'This device knows its public address, so tabs in most networks can reach it; between some only the attempt shows.',
    local: 'Only an address of this network was found: tabs in it can reach this one, others perhaps not.',
    localTodo: 'A VPN or a strict firewall is often why. Other tabs are tried all the same.',
    noHelper: 'Tabs in this network should be able to reach it. Whether others are shows when they try.',
    unknown: 'Whether other tabs can reach it shows when they try.',
  },
  speed: {
    later: 'Measured when you lend, on one part of this model, before any weights are loaded.',
  },
};

export const preflightText = catalogue('preflight', englishPreflight);
