// The page of the server's owner, logged in.
import { expect, type Page } from '@playwright/test';
import type { Site } from './site.ts';

/** By the browser itself, as the form does it: whatever language the page is in. */
export async function openAdmin(page: Page, { url, server }: Site): Promise<void> {
  await page.goto(`${url}/admin`);
  await page
    .getByTestId('token-form')
    .locator('input')
    .fill(server.ownerToken ?? '');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('admin')).toHaveAttribute('data-status', 'logged-in');
}

/** One part of it, once its list is there. */
export async function showAdmin(page: Page, part: string): Promise<void> {
  await page.getByTestId('admin-parts').locator(`input[value=${part}]`).check();
  await expect(page.getByTestId(`admin-${part}`)).toBeVisible();
  await expect(page.locator('.loading-run')).toHaveCount(0);
}
