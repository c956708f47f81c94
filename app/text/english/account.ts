// What stands on /account.
import { catalogue } from '../catalogue.ts';

export const englishAccount = {
  title: 'Account',
  asking: 'Asking the server who you are.',
  intro:
    'An account holds credits. You earn them by lending a GPU and spend them by asking, here or with an API key. It is not needed to look around.',
  loggedInAs: 'Logged in as {name}',
  logOut: 'Log out',

  sign: {
    legend: 'New or known',
    purposes: { register: 'New account', 'log-in': 'Log in' },
    name: 'Name',
    nameHint: 'Letters, digits, “-” and “_”. No mail address is asked for.',
    password: 'Password',
    passwordHint:
      'At least 8 characters. Keep it well: only whoever runs this server can make you a link for a new one.',
    invite: 'Invite code',
    inviteHint: 'Whoever runs this server gives them out.',
    inviteMissing: 'Write the invite code.',
    inviteProblem: 'A code has sixteen letters and digits, in groups of four.',
    closed: 'This server opens no new accounts now. Who has one can log in.',
    making: 'Making the account.',
    loggingIn: 'Logging in.',
    make: 'Make the account',
    logIn: 'Log in',
    wrong: 'Check the name and the password, then try again.',
    taken: 'Choose another name, or log in if it is yours.',
    nameMissing: 'Write the account’s name.',
    nameProblem: 'A name has 3 to 32 letters (a-z), digits, “-” or “_”.',
    passwordMissing: 'Write the password.',
    passwordProblem: 'A password has 8 to 200 characters.',
    oldPasswordMissing: 'Write the password of before.',
    newPasswordMissing: 'Write a new password.',
  },

  balance: {
    title: 'Credits',
    toSpend: '{credits} credits to spend',
    available: 'available',
    held: 'held for running requests',
    nothing: 'Nothing left to spend. Lend a GPU to earn credits.',
    holds: 'A request holds what it could cost at most; what it did not need comes back when it ends.',
  },

  peers: {
    title: 'Browsers that earn for you',
    intro:
      'Every tab that lends a GPU has a key of its own. Claiming signs with these keys; what the tabs earned before comes along, and from then on they earn for this account.',
    claim: 'Claim this browser',
    nothingToClaim: 'This browser has not lent or asked yet, so there is nothing to claim.',
    claimed: (count: number) => `Earning for you now: ${count} ${count === 1 ? 'tab' : 'tabs'} of this browser.`,
    claiming: 'Signing and telling the server.',
    letGo: 'Let go',
    which: (id: string) => `tab ${id}`,
    letGoWarning: 'It will earn for itself again. What it earned stays here.',
    letGoConfirm: 'Let it go',
    none: 'No tab is claimed yet.',
  },

  keys: {
    title: 'API keys',
    intro: 'A program that sends a key to {path} spends this account’s credits. Any OpenAI client works.',
    label: 'What the key is for',
    example: 'laptop',
    /** A key that was given no name. */
    unnamed: 'unnamed',
    make: 'Make a key',
    reading: 'Reading the keys.',
    none: 'No keys yet.',
    madeAndUsed: '{prefix}, made {made}, last used {used}',
    madeNeverUsed: '{prefix}, made {made}, never used',
    revoke: 'Revoke',
    which: (label: string) => `the key ${label}`,
    revokeWarning: (label: string) => `Programs that use “${label}” stop working at once.`,
    revokeConfirm: 'Revoke it',
    copyNow: 'Copy this key now. It is never shown again.',
    exampleLanguage: 'Language of the example',
    exampleProgram: 'Example',
    kept: 'I have kept it',
  },

  hooks: {
    title: 'Web hooks',
    intro:
      'A batch may name an address that is told when it ends. What is sent there is signed with a secret, so that its receiver knows whom it is from.',
    make: 'Make a new secret',
    which: 'for web hooks',
    makeWarning: 'The secret of before, if there is one, signs no more.',
    makeConfirm: 'Make it',
    copyNow: 'Copy this secret now. It is never shown again.',
  },

  usage: {
    title: 'Usage',
    refresh: 'Refresh',
    /** After the word on the button. */
    which: ' the usage',
    reading: 'Reading the requests.',
    predictions: 'Predicted and measured',
    none: 'This account has paid for no request yet. It pays for programs that show one of its API keys, and for chats in browsers that it has claimed: claim this browser above, and its chats from then on are listed here. A chat in a browser that nobody has claimed is paid with that browser’s own credits.',
    requests: 'Requests',
    columns: {
      when: 'When',
      pool: 'Pool',
      mode: 'Mode',
      predicted: 'Predicted',
      measured: 'Measured',
      firstToken: 'First token',
      tokens: 'Tokens',
      credits: 'Credits',
    },
    facts: { tokens: 'tokens', predicted: 'predicted', measured: 'measured', firstToken: 'first token' },
    charged: '{credits} credits',
    states: { waiting: 'waiting', running: 'running', settling: 'settling', failed: 'failed' },
    job: (id: string) => `job ${id}`,
  },

  statement: {
    title: 'Statement',
    which: ' the statement',
    reading: 'Reading the statement.',
    none: 'Nothing has moved yet.',
    older: 'Older lines',
    readingOlder: 'Reading older lines',
    held: (amount: string) => `${amount} held`,
    bookings: (count: number) => `${count} bookings`,
    line: (what: string, bucket: string) => `${what}, ${bucket}`,
    buckets: { available: 'available', held: 'held' },
  },

  logins: {
    title: 'Logins',
    intro: 'Each browser that this account is logged in with. End those that you do not know, and change the password.',
    reading: 'Reading the logins.',
    device: (browser: string, system: string) => `${browser} on ${system}`,
    someBrowser: 'A browser',
    unknownDevice: 'Unknown device',
    times: (since: string, seen: string) => `logged in ${since}, seen ${seen}`,
    thisBrowser: 'this browser',
    end: 'End',
    which: (device: string) => `the login of ${device}`,
    endWarning: 'It is logged out at once.',
    endKeysWarning: 'It is logged out at once, and keys that were made in it stop working.',
    endConfirm: 'End it',
    keysToo: 'Revoke API keys, too',
    keysTooHint:
      'With one login the keys that were made in it; everywhere, every key. Else programs go on with theirs.',
    endAll: 'Log out everywhere',
    endAllWarning: 'Every browser is logged out, this one included. API keys go on.',
    endAllKeysWarning: 'Every browser is logged out, this one included, and every API key stops working.',
  },

  reset: {
    title: 'A new password',
    intro: 'Whoever runs this server has made you this link. It counts once.',
    password: 'New password',
    keysToo: 'Revoke every API key, too',
    keysTooHint: 'For when somebody else may have had the old password.',
    setting: 'Setting the password.',
    submit: 'Set the password',
    done: 'The password is set. Log in with it.',
    useless: 'Ask whoever runs this server for another link.',
    leave: 'Log in instead',
  },

  ownData: {
    title: 'Your data',
    exportIntro:
      'A file with all that the server keeps of this account: name, balance, statement, requests, keys without their secrets, logins.',
    download: 'Download your data',
    deleteTitle: 'Delete this account',
    deleteIntro:
      'Logins, API keys, claims, files and batches end at once, and the name is erased: somebody else may take it. Pools that you made stay, as the server’s.',
    credits: (amount: string) =>
      `What is left, ${amount}, goes back to where credits come from: nobody gets it. To pass nothing up, spend it first.`,
    begin: 'Delete the account',
    name: 'Name of the account, once more',
    nameProblem: 'Write the name of this account.',
    password: 'Password',
    passwordMissing: 'Write the password.',
    warning: 'This cannot be undone.',
    confirm: 'Delete it for good',
    deleting: 'Deleting the account.',
    keep: 'Keep it',
    gone: (amount: string) => `The account is deleted. ${amount} went back.`,
  },

  password: {
    title: 'Password',
    old: 'Old password',
    new: 'New password',
    newHint: 'At least 8 characters. All other browsers are logged out.',
    keysToo: 'Revoke every API key, too',
    keysTooHint: 'For when somebody else may have had the old password.',
    changing: 'Changing the password.',
    submit: 'Change the password',
    changed: 'Changed. Other browsers are logged out.',
  },
};

export const accountText = catalogue('account', englishAccount);
