// What whoever runs a server does at /admin: shows the token, asks for invite codes, lets a friend in with one, sees the account, helps
// with a forgotten password, bans, takes a backup. And what a person does who leaves.
import { expect, type Page, test } from '@playwright/test';
import { register } from './support/register.ts';
import { openSite } from './support/site.ts';

const PASSWORD = 'a long enough password';

const show = (admin: Page, part: string) => admin.getByTestId('admin-parts').getByText(part, { exact: true }).click();

async function enter(admin: Page, siteUrl: string, token: string): Promise<void> {
  await admin.goto(`${siteUrl}/admin`);
  const form = admin.getByTestId('token-form');
  await form.getByLabel('Token').fill(token);
  await admin.keyboard.press('Enter');
}

test('an owner lets a friend in by an invite code, helps, and bans', async ({ browser }) => {
  const site = await openSite(browser);
  const token = site.server.ownerToken ?? '';
  const newPage = async () => (await browser.newContext()).newPage();
  try {
    const admin = await newPage();
    await enter(admin, site.url, 'cpo-wrong');
    await expect(admin.getByTestId('error-card')).toHaveAttribute('data-code', 'not-found');
    await enter(admin, site.url, token);
    await expect(admin.getByTestId('admin')).toHaveAttribute('data-status', 'logged-in');

    await admin.getByTestId('registration-choice').getByText('With an invite code').click();
    await expect(admin.getByTestId('registration-choice')).toHaveAttribute('data-value', 'invite');
    const invites = admin.getByTestId('invites');
    await invites.getByLabel('For whom').fill('Ada');
    await admin.getByTestId('make-invite').click();
    const [code = '', link = ''] = await admin.getByTestId('new-invite').locator('code').allInnerTexts();
    await expect(invites.getByTestId('invite')).toContainText('0 of 1 used');

    // A stranger without a code, then the friend with the link.
    const stranger = await newPage();
    await stranger.goto(`${site.url}/account`);
    const form = stranger.getByTestId('sign-form');
    await form.getByLabel('Name').fill('mallory');
    await form.getByLabel('Password').fill(PASSWORD);
    await form.getByLabel('Invite code').fill('7K2M-ABCD-01XY-ZWVT');
    await form.getByRole('button', { name: 'Make the account' }).click();
    await expect(stranger.getByTestId('error-card')).toHaveAttribute('data-code', 'invite-required');
    const friend = await newPage();
    await friend.goto(link);
    const friendForm = friend.getByTestId('sign-form');
    await expect(friendForm.getByLabel('Invite code')).toHaveValue(code);
    await friendForm.getByLabel('Name').fill('ada');
    await friendForm.getByLabel('Password').fill(PASSWORD);
    await friendForm.getByRole('button', { name: 'Make the account' }).click();
    await expect(friend.getByTestId('account')).toHaveAttribute('data-status', 'logged-in');
    await expect(friend.getByTestId('balance')).toContainText('10');

    await show(admin, 'Accounts');
    const row = admin.getByTestId('admin-accounts-row');
    await expect(row).toContainText('ada');
    await row.getByRole('button', { name: 'Link for a new password' }).click();
    await row.getByRole('button', { name: 'Make the link' }).click();
    const reset = await row.getByTestId('reset-link').locator('code').innerText();
    await friend.goto('about:blank');
    await friend.goto(reset);
    // Logged in still: the link is for who is not.
    await friend.context().clearCookies();
    await friend.reload();
    await friend.getByTestId('reset-form').getByLabel('New password').fill('an even longer password');
    await friend.getByRole('button', { name: 'Set the password' }).click();
    await expect(friend.getByText('The password is set. Log in with it.')).toBeVisible();
    expect(friend.url()).not.toContain('reset');
    await friendForm.getByLabel('Name').fill('ada');
    await friendForm.getByLabel('Password').fill('an even longer password');
    await friendForm.getByRole('button', { name: 'Log in' }).click();
    await expect(friend.getByTestId('account')).toHaveAttribute('data-status', 'logged-in');

    await row.getByRole('button', { name: 'Ban' }).click();
    await row.getByLabel('Reason, which is told').fill('Gave wrong answers');
    await admin.keyboard.press('Enter');
    await expect(row).toContainText('Gave wrong answers');
    await friend.reload();
    await expect(friend.getByTestId('error-card')).toContainText('Gave wrong answers');
    await row.getByRole('button', { name: 'Let in again' }).click();
    await expect(row).not.toContainText('Gave wrong answers');
    await friend.reload();
    await expect(friend.getByTestId('account')).toHaveAttribute('data-status', 'logged-in');

    await show(admin, 'Server');
    const download = admin.waitForEvent('download');
    await admin.getByRole('button', { name: 'Back up now' }).click();
    expect((await download).suggestedFilename()).toMatch(/^computepool-[\d-]+\.tgz$/);
    await show(admin, 'What was done');
    for (const act of ['back-up', 'ban-account', 'make-reset-link', 'make-invite', 'change-settings', 'log-in']) {
      await expect(admin.locator(`[data-act="${act}"]`).first()).toBeVisible();
    }
    await admin.getByRole('button', { name: 'Log out' }).click();
    await expect(admin.getByTestId('admin')).toHaveAttribute('data-status', 'logged-out');
  } finally {
    await site.close();
  }
});

test('a person takes the data along and deletes the account', async ({ browser }) => {
  const site = await openSite(browser);
  try {
    const page = await (await browser.newContext()).newPage();
    await register(page, site.url, 'ada');
    const own = page.getByTestId('own-data');
    const download = page.waitForEvent('download');
    await own.getByRole('link', { name: 'Download your data' }).click();
    expect((await download).suggestedFilename()).toBe('computepool-account.json');
    await expect(own).toContainText('10 credits');
    await own.getByRole('button', { name: 'Delete the account' }).click();
    const form = page.getByTestId('delete-account');
    await form.getByLabel('Name of the account').fill('somebody');
    await form.getByLabel('Password').fill(PASSWORD);
    await form.getByRole('button', { name: 'Delete it for good' }).click();
    await expect(form).toContainText('Write the name of this account.');
    await form.getByLabel('Name of the account').fill('ada');
    await form.getByRole('button', { name: 'Delete it for good' }).click();
    await expect(page.getByTestId('account-gone')).toContainText('10 credits went back');
    await register(page, site.url, 'ada');
  } finally {
    await site.close();
  }
});
