// What stands on the page of the server's owner.
import type { ADMIN_ACTS } from '../../../protocol/http/admin.ts';
import { catalogue } from '../catalogue.ts';

type Acts = Record<(typeof ADMIN_ACTS)[number], string>;

const acts: Acts = {
  'log-in': 'Logged in',
  'log-out': 'Logged out',
  'change-settings': 'Changed the settings',
  'make-invite': 'Made an invite code',
  'end-invite': 'Ended an invite code',
  'ban-account': 'Banned an account',
  'unban-account': 'Let an account in again',
  'make-reset-link': 'Made a link for a new password',
  'ban-peer': 'Banned a tab',
  'unban-peer': 'Let a tab in again',
  'end-job': 'Ended a request',
  'load-pool': 'Let a pool serve',
  'unload-pool': 'Let a pool rest',
  'remove-pool': 'Removed a pool',
  'back-up': 'Took a backup',
};

export const englishAdmin = {
  title: 'Operate',
  intro: 'For whoever runs this server. Everything that is done here is written down.',
  asking: 'Asking the server whether you are its owner.',
  logOut: 'Log out',
  refresh: 'Refresh',
  /** After the word on the button. */
  which: (list: string) => ` the list: ${list}`,
  reading: 'Reading the list.',
  older: 'Show more',
  readingOlder: 'Reading more',

  token: {
    title: 'The owner’s token',
    label: 'Token',
    hint: 'The server printed it when it was started for the first time. Lost? {command} makes another.',
    missing: 'Write the token.',
    enter: 'Log in',
    checking: 'Checking the token.',
    wrong: 'Check the token. It begins with “cpo-”.',
  },

  sections: {
    legend: 'What to look at',
    server: 'Server',
    accounts: 'Accounts',
    tabs: 'Tabs',
    jobs: 'Requests',
    pools: 'Pools',
    acts: 'What was done',
  },

  registration: {
    title: 'New accounts',
    legend: 'Who may open an account',
    choices: { open: 'Anybody', invite: 'With an invite code', closed: 'Nobody' },
    hints: {
      open: 'Whoever opens the page may make an account.',
      invite: 'Whoever has a code of yours may make an account.',
      closed: 'Nobody makes an account. Those that are there go on.',
    },
    peers: 'Tabs that lend or ask need no account.',
  },

  welcome: {
    title: 'Welcome credits',
    credits: 'Credits for who joins',
    perDay: 'Per address and day',
    configured: (credits: string, perDay: string) => `The server was started with ${credits}, and ${perDay} a day.`,
    creditsProblem: 'A figure from 0 to 1,000,000.',
    perDayProblem: 'A whole number from 0 to 1,000,000.',
    save: 'Save',
    saved: 'Saved. It counts for everybody who joins from now on.',
  },

  model: {
    title: 'Default model',
    label: 'Model that pages show first',
    hint: 'Any pool of this server without a name of its own. What was given at the start is the first of the list.',
    saved: 'Saved. Pages show it from now on.',
    save: 'Make it the default',
    reading: 'Reading the pools.',
  },

  invites: {
    title: 'Invite codes',
    intro: 'Each opens as many accounts as you say, until it ends. They are asked for where new accounts need one.',
    note: 'For whom',
    example: 'Ada',
    uses: 'Accounts',
    days: 'Days',
    usesProblem: 'A whole number from 1 to 1,000.',
    daysProblem: 'A whole number from 1 to 365.',
    make: 'Make a code',
    copyNow: 'Copy this code now. It is never shown again.',
    link: 'Or send this link:',
    kept: 'I have kept it',
    none: 'No codes yet.',
    unnamed: 'without a note',
    facts: (prefix: string, used: number, uses: number) => `${prefix}-…, ${used} of ${uses} used`,
    ends: (day: string) => `ends ${day}`,
    end: 'End',
    whichCode: (note: string) => `the code ${note}`,
    endWarning: 'It opens no account any more. Those that it opened stay.',
    endConfirm: 'End it',
  },

  backup: {
    title: 'Backup',
    intro:
      'A copy of all data at this moment: accounts, credits, pools, and the keys of this server. Whoever has the file has them all: keep it as you keep a key.',
    sealElsewhere:
      'A seal key that you gave the server in a file of its own is not in it: keep a copy of that beside it.',
    take: 'Back up now',
    taking: 'Copying the data.',
    taken: (size: string) => `Saved, ${size}. Your browser has it among its downloads.`,
    restore: 'To bring it back, start a server over an empty folder: {command}',
    postgres: 'The data of this server is in PostgreSQL: {command} copies it. Keep a copy of the seal key beside it.',
  },

  accounts: {
    search: 'Part of a name',
    find: 'Find',
    none: 'No account has such a name.',
    facts: (credits: string, tabs: string, since: string) => `${credits}, ${tabs}, since ${since}`,
    ban: 'Ban',
    banWarning: 'Its logins, keys and tabs are refused at once, and told why.',
    unban: 'Let in again',
    bannedSince: (when: string, reason: string) => `Banned ${when}: ${reason}`,
    reset: 'Link for a new password',
    resetWarning: 'Whoever has the link sets the password. It counts once and for a day; one made before ends.',
    resetConfirm: 'Make the link',
    resetCopy: 'Send this link to the person now. It is never shown again.',
    resetDone: 'I have sent it',
    whichAccount: (name: string) => `the account ${name}`,
  },

  ban: {
    reason: 'Reason, which is told',
    example: 'Gave wrong answers on purpose',
    confirm: 'Ban',
    missing: 'Write a reason.',
  },

  tabs: {
    connected: (tabs: string) => `${tabs} connected now.`,
    none: 'No tab is connected.',
    lends: (pool: string) => `lends to ${pool}`,
    asks: 'lends nothing',
    nobodys: 'nobody’s',
    ban: 'Ban',
    whichTab: (id: string) => `tab ${id}`,
    banWarning: 'It is let go at once and comes back no more. Another browser of that person would be another tab.',
    bannedTitle: 'Banned tabs',
    noneBanned: 'No tab is banned.',
    unban: 'Let in again',
  },

  jobs: {
    none: 'Nobody has asked for anything yet.',
    facts: (tokens: string, credits: string, when: string) => `${tokens}, ${credits}, ${when}`,
    sources: { http: 'by a program', tab: 'in a chat', batch: 'in a batch' },
    states: { waiting: 'waiting', running: 'running', settling: 'settling', done: 'done', failed: 'failed' },
    nobodys: 'a tab of nobody’s',
    whichJob: (id: string) => `request ${id}`,
    end: 'End',
    endWarning: 'It ends with what it has, which is paid for.',
    endConfirm: 'End it',
  },

  pools: {
    none: 'No pools yet.',
    ofServer: 'the server’s own',
    ofAccount: 'made by an account',
    ofTabs: 'opened by tabs',
    facts: (tabs: string, whose: string) => `${tabs}, ${whose}`,
    rests: 'rests',
    load: 'Let it serve',
    unload: 'Let it rest',
    unloadWarning: 'Nobody is answered there until you let it serve again.',
    remove: 'Remove',
    removeWarning: 'The pool is gone for good, with its price and its list.',
    removeConfirm: 'Remove it',
    whichPool: (name: string) => `the pool ${name}`,
  },

  acts: { none: 'Nothing was done yet.', names: acts },
};

export const adminText = catalogue('admin', englishAdmin);
