// The widget on the demo page, as a visitor uses it: ask, watch the answer stream, open a source, close with Esc, reload and go on.
//   node e2e/widget.mjs BASE_URL WIDGET_KEY [SCREENSHOT] [QUESTION]
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { hasChromium, openBrowser, watched } from './browser.mjs';

const [base, key, screenshot, question = 'How long do I have to send something back?'] = process.argv.slice(2);
if (!base || !key) {
  console.error('usage: widget.mjs BASE_URL WIDGET_KEY [SCREENSHOT] [QUESTION]');
  process.exit(2);
}
if (!hasChromium()) {
  console.log('skipped: widget in a browser (no /usr/bin/chromium)');
  process.exit(0);
}

const browser = await openBrowser();
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  const troubles = await watched(page, base);
  await page.goto(`${base}/demo?key=${encodeURIComponent(key)}`);

  const launcher = page.locator('guildhall-chat .launcher');
  await launcher.waitFor({ state: 'visible', timeout: 5_000 });
  const box = await launcher.boundingBox();
  assert.ok(box && box.width >= 44 && box.height >= 44, 'the launcher is a 44 px target');
  await launcher.click();

  const dialog = page.getByRole('dialog');
  await dialog.waitFor({ state: 'visible' });
  const input = dialog.getByRole('textbox');
  await page.waitForFunction(() => document.querySelector('guildhall-chat')?.shadowRoot?.activeElement?.tagName === 'TEXTAREA');

  await input.fill(question);
  await input.press('Enter');
  const answer = dialog.locator('.message.agent').last();
  await answer.locator('.sources').waitFor({ timeout: 40_000 });
  const text = await answer.locator('.body').innerText();
  assert.ok(text.trim().length > 10, 'the answer has text');
  await answer.locator('summary').first().click();
  const quote = await answer.locator('.sources blockquote').first().innerText();
  assert.ok(quote.trim().length > 10, 'a source shows its quote');
  await page.waitForFunction(() => (document.querySelector('guildhall-chat')?.shadowRoot?.querySelector('[aria-live=polite]')?.textContent ?? '') !== '');
  if (screenshot) await page.screenshot({ path: screenshot });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    assert.deepEqual(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`), [], `axe, ${colorScheme}`);
  }

  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  const focused = await page.evaluate(() => document.querySelector('guildhall-chat')?.shadowRoot?.activeElement?.className ?? '');
  assert.ok(focused.includes('launcher'), 'focus returns to the launcher');

  await page.reload();
  await launcher.click();
  await page.getByRole('dialog').locator('.message.visitor').first().waitFor({ timeout: 10_000 });
  assert.equal(await page.getByRole('dialog').locator('.message.visitor').first().innerText(), question, 'the conversation is there after a reload');

  assert.deepEqual(troubles, [], 'no console error, no policy violation, no request elsewhere');
  console.log(`widget: ok, answered ${JSON.stringify(text.slice(0, 80))}`);
} finally {
  await browser.close();
}
