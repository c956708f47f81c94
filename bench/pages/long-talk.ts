// A conversation of ten thousand messages, brought in as a person brings one, with figures at each answer as real ones have.
import type { Page } from '@playwright/test';

export const MESSAGES = 10_000;
const TITLE = 'Ten thousand messages';

/** What people are told: paragraphs, lists, code, a table, in turn. */
const ANSWERS = [
  'A **shard** is the part of a model that one tab holds. It computes its layers and hands the hidden state on.\n\nThat is all.',
  'Three things:\n\n1. The tab loads its layers.\n2. It links to its neighbours.\n3. It computes whenever a frame comes.',
  'Like this:\n\n```js\nconst sum = (numbers) => numbers.reduce((left, right) => left + right, 0);\nconsole.log(sum([1, 2, 3]));\n```',
  '| stage | layers |\n| --- | --- |\n| 1 | 0 to 3 |\n| 2 | 4 to 7 |\n\nBoth compute for every token.',
];

/** As the page saves and takes it. */
function longTalkFile(): string {
  const turns = Array.from({ length: MESSAGES }, (_, at) =>
    at % 2 === 0
      ? { role: 'user', text: `Question ${at / 2 + 1}: what is a shard, and what does it do when a frame comes?` }
      : { role: 'assistant', text: `${(at + 1) / 2}. ${ANSWERS[((at - 1) / 2) % ANSWERS.length]}` },
  );
  const now = Date.now();
  const talk = { id: 'long', title: TITLE, createdAt: now, updatedAt: now, turns };
  return JSON.stringify({ format: 'computepool-conversations', talks: [talk] });
}

/** Through the list of conversations; then each answer gets the figures of the one that the page has just been given. */
export async function bringLongTalk(page: Page): Promise<void> {
  await page.getByTestId('conversations').click();
  const file = { name: 'long.json', mimeType: 'application/json', buffer: Buffer.from(longTalkFile()) };
  await page.getByLabel('Bring from a file').setInputFiles(file);
  await page.getByTestId('talks').getByRole('button', { name: TITLE, exact: true }).waitFor();
  await page.evaluate(addFigures);
  await page.getByTestId('conversations').click();
}

/** In the page. */
async function addFigures(): Promise<void> {
  const wait = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const db = await wait(indexedDB.open('computepool-talks'));
  const pages = db.transaction('pages', 'readwrite').objectStore('pages');
  const [keys, turns] = await Promise.all([wait(pages.getAllKeys()), wait(pages.getAll())]);
  const own = turns.flat().find(({ stats }) => stats);
  if (!own) throw new Error('No answer of this page has figures.');
  const { stats, plan } = own;
  for (const [at, key] of keys.entries()) {
    const page = turns[at].map((turn: { role: string }) => (turn.role === 'user' ? turn : { ...turn, stats, plan }));
    await wait(pages.put(page, key));
  }
  db.close();
}

/** From the press on the list until its last message is in the window. */
export async function openLongTalk(page: Page): Promise<number> {
  await page.getByTestId('conversations').click();
  const item = page.getByTestId('talks').getByRole('button', { name: TITLE, exact: true });
  await item.waitFor();
  const begunMs = performance.now();
  await item.click();
  await lastMessage(page).waitFor();
  return performance.now() - begunMs;
}

export async function reloadLongTalk(page: Page): Promise<number> {
  const begunMs = performance.now();
  await page.reload();
  await lastMessage(page).waitFor();
  return performance.now() - begunMs;
}

const lastMessage = (page: Page) => page.getByText(`Question ${MESSAGES / 2}: `).last();

/** Milliseconds of each frame while the wheel turns `turns` times upwards. */
export async function timeFrames(page: Page, turns: number): Promise<number[]> {
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const note = (nowMs: number) => {
      frames.push(nowMs - last);
      last = nowMs;
      if (Object.hasOwn(window, 'benchFrames')) requestAnimationFrame(note);
    };
    Object.assign(window, { benchFrames: frames });
    requestAnimationFrame(note);
  });
  for (let turn = 0; turn < turns; turn++) {
    await page.mouse.wheel(0, -600);
    await page.waitForTimeout(30);
  }
  return page.evaluate(() => {
    const { benchFrames } = window as unknown as { benchFrames: number[] };
    delete (window as unknown as { benchFrames?: number[] }).benchFrames;
    return benchFrames.slice(1).map((ms) => Number(ms.toFixed(1)));
  });
}
