// Every page and state that there is a picture of. A page that needs nothing but its address is one line.
import type { Page } from '@playwright/test';
import { register } from '../../e2e/support/register.ts';
import { answerBegun, ask, chatPhase, chatReady, send } from '../../e2e/support/site.ts';
import type { Scene } from './open-scene.ts';

export interface Shot {
  /** Names its files. */
  name: string;
  /** One sentence for the index. */
  about: string;
  /** Called once for each look: what passes is made to happen again. */
  show(scene: Scene): Promise<Page>;
}

const QUESTION = 'What is a shard?';
const STORY = 'Tell me a long story about a fox.';
const NOBODYS = 'model=computepool/none';
const LENDS_OTHER = '/join?auto=1&backend=wasm&model=computepool/guide-4m-draft';

/** As the address shows it, in a profile of its own. */
const at =
  (path: string, until: string) =>
  async (scene: Scene): Promise<Page> => {
    const page = await scene.once(path, () => scene.open(path));
    // A phone keeps some of it closed.
    await page.locator(until).first().waitFor({ state: 'attached' });
    return page;
  };
const phase = (part: string, value: string): string => `[data-testid=${part}][data-phase=${value}]`;

/** The one chat that most pictures are of, with two tabs that answer. */
async function chat(scene: Scene): Promise<Page> {
  await scene.serving();
  const page = await scene.once('chat', () => scene.open('/chat?temperature=0&max=120'));
  await chatReady(page, 2);
  return page;
}

async function answered(scene: Scene): Promise<Page> {
  const page = await chat(scene);
  if ((await page.getByTestId('answer').count()) === 0) await ask(page, QUESTION);
  return page;
}

async function withFigures(scene: Scene): Promise<Page> {
  const page = await answered(scene);
  const figures = page.getByTestId('answer-stats').first();
  if ((await figures.getAttribute('open')) === null) await figures.locator('summary').click();
  await page.getByTestId('waterfall').first().waitFor();
  return page;
}

async function withConversations(scene: Scene): Promise<Page> {
  const page = await withFigures(scene);
  await page.getByTestId('answer-stats').first().locator('summary').click();
  const list = page.getByTestId('conversations');
  if ((await list.getAttribute('aria-expanded')) !== 'true') await list.click();
  await page.getByTestId('talks').getByRole('listitem').first().waitFor();
  return page;
}

/** While it streams: a fresh one for each look. */
async function streaming(scene: Scene): Promise<Page> {
  await scene.serving();
  const page = await scene.open('/chat?temperature=0.9&seed=5&max=400');
  await chatReady(page, 2);
  await send(page, STORY);
  await answerBegun(page);
  return page;
}

/** Weights that do not come, once the tab has been measured, stop it where it loads: in a pool of its own, which no other waits for. */
const loading = (scene: Scene): Promise<Page> =>
  scene.once('loading', async () => {
    let isHeld = false;
    const page = await scene.open(LENDS_OTHER, (context) =>
      context.route(/onnx_data/, (route) => (isHeld ? undefined : route.continue())),
    );
    await page.locator(phase('shard-card', 'waiting')).waitFor();
    isHeld = true;
    await scene.open(LENDS_OTHER);
    await page.locator(phase('shard-card', 'loading')).waitFor();
    return page;
  });

async function paused(scene: Scene): Promise<Page> {
  const page = await scene.once('paused', async () => {
    const own = await scene.open('/join?auto=1&backend=wasm');
    await own.getByTestId('shard-card').getByRole('button').first().click();
    return own;
  });
  await page.getByTestId('paused-shard').waitFor();
  return page;
}

async function onePool(scene: Scene): Promise<Page> {
  await answered(scene);
  const page = await scene.once('pool', async () => {
    const list = await scene.open('/pools');
    await list.locator('main a[href*="pool="]').first().click();
    return list;
  });
  await page.getByTestId('pool-page').waitFor();
  return page;
}

const account = (scene: Scene): Promise<Page> =>
  scene.once('account', async () => {
    const page = await scene.open('/');
    await register(page, scene.server.url, 'maria');
    return page;
  });

const admin = (scene: Scene): Promise<Page> =>
  scene.once('admin', async () => {
    await account(scene);
    const page = await scene.open('/admin');
    await page.getByTestId('token-form').locator('input').fill(scene.server.ownerToken);
    await page.keyboard.press('Enter');
    await page.getByTestId('make-invite').click();
    await page.getByTestId('new-invite').waitFor();
    return page;
  });

/** The last one: the server does not come back. */
const serverAway = (scene: Scene): Promise<Page> =>
  scene.once('away', async () => {
    const page = await answered(scene);
    await scene.server.kill();
    await chatPhase(page, 'connecting');
    await page.getByTestId('server-away').first().waitFor();
    return page;
  });

const after =
  (before: (scene: Scene) => Promise<unknown>, show: Shot['show']): Shot['show'] =>
  async (scene) => {
    await before(scene);
    return show(scene);
  };
/** The demonstration in the page, at its end. */
const played = (scene: Scene): Promise<Page> =>
  scene.once('played', async () => {
    const page = await scene.open('/');
    await page.getByTestId('play').click();
    await page.locator(phase('demonstration', 'done')).waitFor({ timeout: 120_000 });
    return page;
  });
const serving = (scene: Scene): Promise<void> => scene.serving();

export const SHOTS: readonly Shot[] = [
  { name: 'join', about: 'What to lend, before anything is lent.', show: at('/join', '[data-testid=join-button]') },
  { name: 'join-loading', about: 'The tab loads its layers.', show: loading },
  {
    name: 'join-failed',
    about: 'A model that is not there.',
    show: at(`/join?auto=1&backend=wasm&${NOBODYS}`, phase('shard-card', 'failed')),
  },
  {
    name: 'chat-nobody',
    about: 'A chat that nobody would answer yet.',
    show: at('/chat', phase('chat-state', 'no-stages')),
  },
  {
    name: 'home',
    about: 'The first page, with two tabs that serve.',
    show: after(serving, at('/', '[data-testid=coalition-ring]')),
  },
  { name: 'home-played', about: 'The demonstration in the page has answered.', show: played },
  {
    name: 'join-serving',
    about: 'The tab serves, beside another one.',
    show: after(serving, (scene) => scene.once('stage 0', () => scene.open('/join'))),
  },
  { name: 'join-paused', about: 'The tab rests, and holds no memory.', show: paused },
  {
    name: 'chat',
    about: 'A chat before its first question.',
    show: after(serving, at('/chat?max=200', phase('chat-state', 'ready'))),
  },
  { name: 'chat-streaming', about: 'An answer comes.', show: streaming },
  { name: 'chat-answered', about: 'The answer is complete.', show: answered },
  { name: 'chat-figures', about: 'How it was answered, in figures.', show: withFigures },
  { name: 'chat-conversations', about: 'What this browser keeps.', show: withConversations },
  {
    name: 'chat-error',
    about: 'This device was to answer with a model that is not there.',
    show: at(`/chat?mode=solo&${NOBODYS}`, '[data-testid=error-card]'),
  },
  { name: 'pools', about: 'All pools.', show: after(answered, at('/pools', 'main a[href*="pool="]')) },
  { name: 'pool', about: 'One pool, live.', show: onePool },
  {
    name: 'network',
    about: 'The network, live.',
    show: after(answered, at('/network', '[data-testid=network-ring]')),
  },
  { name: 'account', about: 'An account, logged in.', show: account },
  { name: 'account-out', about: 'Nobody is logged in.', show: at('/account', 'form') },
  { name: 'admin', about: 'Operating the server, as its owner.', show: admin },
  { name: 'admin-out', about: 'Nobody has shown the owner’s token.', show: at('/admin', 'form') },
  { name: 'pitch', about: 'The deck.', show: at('/pitch', '[data-testid=proof]') },
  { name: 'docs', about: 'The documents.', show: at('/docs', 'h1') },
  {
    name: 'docs-reference',
    about: 'The reference of the API.',
    show: at('/docs/reference', phase('reference', 'shown')),
  },
  { name: 'nowhere', about: 'An address that leads nowhere.', show: at('/nowhere', 'h1') },
  { name: 'chat-server-away', about: 'The server does not answer.', show: serverAway },
];
