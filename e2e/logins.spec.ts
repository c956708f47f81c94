// G9: what a person does about logins: shows the password once more for a key, ends another browser, changes the password, logs
// out everywhere.
import { type Browser, expect, type Page, test } from '@playwright/test';
import { accountSessions } from '../signaling/accounts/tables.ts';
import { openDatabase } from '../signaling/db/open-database.ts';
import { register } from './support/register.ts';
import { openSite } from './support/site.ts';

const PASSWORD = 'a long enough password';
const NEW_PASSWORD = 'an even longer password';

/** Another browser of the same person. */
async function logIn(browser: Browser, siteUrl: string, name: string, password: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${siteUrl}/account`);
  const form = page.getByTestId('sign-form');
  await form.getByText('Log in', { exact: true }).first().click();
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Password').fill(password);
  await form.getByRole('button', { name: 'Log in' }).click();
  return page;
}

const isLoggedIn = (page: Page, status: 'logged-in' | 'logged-out') =>
  expect(page.getByTestId('account')).toHaveAttribute('data-status', status);

test('G9: a key after a while, another browser, a new password, and out everywhere', async ({ browser }) => {
  const database = await openDatabase({ memory: true });
  const site = await openSite(browser, { database });
  try {
    const page = await (await browser.newContext()).newPage();
    await register(page, site.url, 'ada');
    const other = await logIn(browser, site.url, 'ada', PASSWORD);
    await isLoggedIn(other, 'logged-in');

    // An hour later, as the server sees it.
    await database.db.update(accountSessions).set({ provedAt: new Date(Date.now() - 3600 * 1000) });
    await page.getByLabel('What the key is for').fill('laptop');
    await page.getByTestId('create-key').click();
    const prompt = page.getByTestId('password-prompt');
    await expect(prompt.getByLabel('Password')).toBeFocused();
    await prompt.getByLabel('Password').fill('not this one');
    await page.keyboard.press('Enter');
    await expect(prompt.getByTestId('error-card')).toHaveAttribute('data-code', 'login-again');
    await prompt.getByLabel('Password').fill(PASSWORD);
    await prompt.getByRole('button', { name: 'Go on' }).click();
    const key = await page.getByTestId('new-key').locator('code').innerText();
    const usage = () =>
      fetch(`${site.url}/v1/computepool/usage`, { headers: { Authorization: `Bearer ${key}` } }).then(
        ({ status }) => status,
      );
    expect(await usage()).toBe(200);
    await expect(prompt).toHaveCount(0);

    const hooks = page.getByTestId('webhooks');
    await hooks.getByRole('button', { name: 'Make a new secret' }).click();
    await hooks.getByRole('button', { name: 'Make it' }).click();
    await expect(hooks.getByTestId('new-secret').locator('code')).toHaveText(/^whsec_/);

    await page.reload();
    const logins = page.getByTestId('logins');
    await expect(logins.getByTestId('login')).toHaveCount(2);
    await expect(logins.locator('[data-this=true]')).toContainText('this browser');
    await logins.locator('[data-this=false]').getByRole('button', { name: 'End' }).click();
    await logins.getByRole('button', { name: 'End it' }).click();
    await expect(logins.getByTestId('login')).toHaveCount(1);
    await other.reload();
    await isLoggedIn(other, 'logged-out');

    const password = page.getByTestId('password');
    await password.getByLabel('Old password').fill(PASSWORD);
    await password.getByLabel('New password').fill(NEW_PASSWORD);
    await password.getByRole('button', { name: 'Change the password' }).click();
    await expect(password.getByRole('status').filter({ hasText: 'Changed' })).toBeVisible();
    await page.reload();
    await isLoggedIn(page, 'logged-in');
    const third = await logIn(browser, site.url, 'ada', NEW_PASSWORD);
    await isLoggedIn(third, 'logged-in');

    expect(await usage(), 'programs went on').toBe(200);
    await logins.getByLabel('Revoke API keys, too').check();
    await logins.getByRole('button', { name: 'Log out everywhere' }).click();
    await logins.getByRole('button', { name: 'Log out everywhere' }).click();
    await isLoggedIn(page, 'logged-out');
    await third.reload();
    await isLoggedIn(third, 'logged-out');
    expect(await usage()).toBe(401);
  } finally {
    for (const context of browser.contexts()) await context.close();
    await site.close();
    await database.close();
  }
});
