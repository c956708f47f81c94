// The journeys of a person who has a keyboard and no pointer, and what a screen reader finds in an answer.
import { expect, type Locator, type Page, test } from '@playwright/test';
import { chatReady, openSite } from './support/site.ts';

/** More stops than any page has. */
const MOST_STOPS = 120;

const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => element === element.ownerDocument.activeElement);

/** As a person finds it: stop by stop, until it has the focus, and shows that it has. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press(key);
    if (!(await hasFocus(target))) continue;
    const outline = await target.evaluate((element) => {
      const around = element.closest('label') ?? element;
      return [element, around].map((each) => getComputedStyle(each).outlineStyle);
    });
    expect(outline, `the focus on ${target} is seen`).not.toEqual(['none', 'none']);
    return;
  }
  throw new Error(`The keyboard does not come to ${target}.`);
}

async function pressOn(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await tabTo(page, target, key);
  await page.keyboard.press('Enter');
}

test('from the first page to lending, and back out of it', async ({ browser }) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(site.url);
    await pressOn(page, page.locator('main a[href="/join"]').first());
    await page.waitForURL(/\/join/);
    await pressOn(page, page.getByTestId('join-button'));
    const card = page.getByTestId('shard-card');
    await expect(card).toHaveAttribute('data-phase', 'serving');
    // Another page and back: it lends on.
    await pressOn(page, page.getByRole('navigation', { name: 'Main' }).locator('a[href="/pools"]'), 'Shift+Tab');
    await page.waitForURL(/\/pools/);
    await pressOn(page, page.getByTestId('lending-chip'), 'Shift+Tab');
    await expect(card).toHaveAttribute('data-phase', 'serving');
    await pressOn(page, card.getByRole('button', { name: /^Leave/ }));
    await expect(card).toHaveCount(0);
    await expect.poll(() => site.server.snapshot().pools[0]?.peers ?? 0).toBe(0);
    await tabTo(page, page.getByTestId('join-button'));
    await page.context().close();
  } finally {
    await site.close();
  }
});

test('from the first page to an answer, its figures and the conversations', async ({ browser }) => {
  const site = await openSite(browser, { stages: 2 });
  try {
    for (let stage = 0; stage < 2; stage++) await site.openStage();
    const page = await (await browser.newContext()).newPage();
    await page.goto(site.url);
    await pressOn(page, page.locator('main a[href="/chat"]').first());
    await page.waitForURL(/\/chat/);
    await chatReady(page, 2);
    const composer = page.getByTestId('composer');
    const answer = page.getByTestId('answer');
    await tabTo(page, composer);
    await page.keyboard.type('Tell me a long story about a fox.');
    await page.keyboard.press('Enter');
    await expect(answer.locator('.answer-text')).not.toBeEmpty();
    await pressOn(page, page.getByTestId('stop'));
    await expect(answer).toHaveAttribute('data-status', /cancelled|done/);
    // The focus is where the next question is written, whatever became of the button.
    await expect(composer).toBeFocused();

    await page.keyboard.type('What is a shard?');
    await page.keyboard.press('Enter');
    await expect(answer).toHaveCount(2);
    await expect(answer.last()).toHaveAttribute('data-status', 'done');
    await expect(composer).toBeFocused();
    await pressOn(page, answer.last().getByTestId('answer-stats').locator('summary'), 'Shift+Tab');
    const row = answer.last().getByTestId('waterfall-row').first().getByRole('button');
    await tabTo(page, row);
    await expect(answer.last().getByTestId('waterfall-told')).toContainText(/compute|Drafting/);

    await pressOn(page, page.getByTestId('conversations'), 'Shift+Tab');
    const talks = page.getByTestId('talks');
    await tabTo(page, talks.getByRole('searchbox'));
    await page.keyboard.type('fox');
    await expect(talks.getByRole('listitem')).toHaveCount(1);
    await pressOn(page, talks.getByRole('button', { name: /^Rename/ }));
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('The fox');
    await page.keyboard.press('Enter');
    const named = talks.getByRole('button', { name: 'The fox', exact: true });
    await expect(named).toBeVisible();
    // A slash leads to the composer from anywhere.
    await tabTo(page, named);
    await page.keyboard.press('/');
    await expect(composer).toBeFocused();
    await expect(composer).toHaveValue('');
    await page.context().close();
  } finally {
    await site.close();
  }
});

const WRITTEN = `A **shard** holds \`layers\`:

1. the first
2. the last

| stage | layers |
| --- | --- |
| 1 | 0 to 3 |

\`\`\`js
const sum = 1 + 1;
\`\`\`

It costs $$ e^{i\\pi} + 1 = 0 $$, see [the site](https://example.org/).`;

test('what a screen reader finds in an answer', async ({ browser }) => {
  const site = await openSite(browser);
  try {
    const page = await site.openChat();
    const turns = [
      { role: 'user', text: 'What is a shard?' },
      { role: 'assistant', text: WRITTEN },
    ];
    const talk = { id: 'read', title: 'Read aloud', createdAt: 1, updatedAt: 1, turns };
    const file = JSON.stringify({ format: 'computepool-conversations', talks: [talk] });
    await page.getByTestId('conversations').click();
    await page
      .getByLabel('Bring from a file')
      .setInputFiles({ name: 'read.json', mimeType: 'application/json', buffer: Buffer.from(file) });
    await page.getByTestId('talks').getByRole('button', { name: 'Read aloud', exact: true }).click();
    const answer = page.getByTestId('answer');
    await expect(answer.locator('.hljs-keyword').first()).toBeVisible();
    await expect(answer.getByRole('math').first()).toBeAttached();
    await expect(page.getByRole('region', { name: 'Conversation' }).getByRole('list').first()).toMatchAriaSnapshot(`
      - list:
        - listitem:
          - paragraph: "You:"
          - paragraph: What is a shard?
          - button "Copy the question"
        - listitem:
          - paragraph: "Answer:"
          - paragraph:
            - strong: shard
            - code: layers
          - list:
            - listitem: the first
            - listitem: the last
          - figure "Table":
            - table:
              - rowgroup:
                - row "stage layers":
                  - columnheader "stage"
                  - columnheader "layers"
              - rowgroup:
                - row "1 0 to 3":
                  - cell "1"
                  - cell "0 to 3"
          - figure "js Copy the code":
            - button "Copy the code"
            - code: const sum = 1 + 1;
          - paragraph:
            - math
            - link "the site":
              - /url: https://example.org/
          - button "Copy the answer"
    `);
  } finally {
    await site.close();
  }
});
