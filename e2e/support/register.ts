// An account as a person makes it, in a page, which then stays logged in.
import { expect, type Page } from '@playwright/test';

export async function register(page: Page, siteUrl: string, name: string): Promise<void> {
  await page.goto(`${siteUrl}/account`);
  const form = page.getByTestId('sign-form');
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Password').fill('a long enough password');
  await form.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByTestId('account')).toHaveAttribute('data-status', 'logged-in');
}
