// The widget on the demo page of a running server, as a visitor uses it: ask, watch the answer, open a source, close with Esc, reload
// and go on; and, where somebody may answer in the inbox, talk to a person.
//   node e2e/widget.mjs BASE_URL WIDGET_KEY [SCREENSHOT] [QUESTION]
//   GUILDHALL_PERSON=username:password of somebody who may answer visitors of that widget
import assert from 'node:assert/strict';
import { axe, hasChromium, openBrowser, watched } from './browser.mjs';

const [base, key, screenshot, question = 'When will my refund arrive?'] = process.argv.slice(2);
if (!base || !key) {
  console.error('usage: widget.mjs BASE_URL WIDGET_KEY [SCREENSHOT] [QUESTION]');
  process.exit(2);
}
if (!hasChromium()) {
  console.log('skipped: widget in a browser (no /usr/bin/chromium)');
  process.exit(0);
}

/** The inbox as somebody of the organization uses it. */
async function personOf(login) {
  const at = login.indexOf(':');
  const call = async (method, path, token, body) => {
    const response = await fetch(base + path, { method, headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Token ${token}` } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
    assert.ok(response.ok, `${method} ${path}: ${response.status}`);
    return response.json();
  };
  const { token } = await call('POST', '/api-auth/password/', null, { username: login.slice(0, at), password: login.slice(at + 1) });
  const inbox = (method, path, body) => call(method, `/api/v1/inbox${path}`, token, body);
  await inbox('POST', '/presence', { available: true });
  return inbox;
}

const browser = await openBrowser();
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-US' });
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
  const input = dialog.getByRole('textbox').last();
  await page.waitForFunction(() => document.querySelector('guildhall-chat')?.shadowRoot?.activeElement?.tagName === 'TEXTAREA');

  await input.fill(question);
  await input.press('Enter');
  const answer = dialog.locator('.message.agent:not(.greeting)').last();
  await answer.locator('.sources').waitFor({ timeout: 40_000 });
  const text = await answer.locator('.body').innerText();
  assert.ok(text.trim().length > 10, 'the answer has text');
  await answer.locator('summary').first().click();
  const quote = await answer.locator('.sources blockquote').first().innerText();
  assert.ok(quote.trim().length > 10, 'a source shows its quote');
  await page.waitForFunction(() => (document.querySelector('guildhall-chat')?.shadowRoot?.querySelector('[role=log]')?.textContent ?? '') !== '');
  if (screenshot) await page.screenshot({ path: screenshot });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    assert.deepEqual(await axe(page), [], `axe, ${colorScheme}`);
  }
  await answer.getByRole('button', { name: 'Helpful', exact: true }).click();

  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  const focused = await page.evaluate(() => document.querySelector('guildhall-chat')?.shadowRoot?.activeElement?.className ?? '');
  assert.ok(focused.includes('launcher'), 'focus returns to the launcher');

  await page.reload();
  await launcher.click();
  await dialog.locator('.message.visitor .said').first().waitFor({ timeout: 10_000 });
  assert.equal(await dialog.locator('.message.visitor .said').first().innerText(), question, 'the conversation is there after a reload');
  await dialog.locator('.message.agent [aria-pressed=true]').waitFor({ timeout: 5_000 });

  const login = process.env['GUILDHALL_PERSON'];
  if (login) {
    const inbox = await personOf(login);
    const menu = async (item) => {
      await dialog.getByRole('button', { name: 'More options' }).click();
      await dialog.getByRole('button', { name: item, exact: true }).click();
    };
    const id = await page.evaluate(async () => (await document.querySelector('guildhall-chat').getConversation()).id);
    await menu('Talk to a person');
    await dialog.getByText('Waiting for a person').waitFor();
    await inbox('POST', `/${id}/claim`);
    await dialog.getByText('You are talking with a person').waitFor();
    await inbox('POST', `/${id}/reply`, { client_id: crypto.randomUUID(), text: 'Good morning, what happened?' });
    await dialog.getByText('Good morning, what happened?').last().waitFor();
    await input.fill('It never came.');
    await input.press('Enter');
    await page.waitForFunction(() => document.querySelector('guildhall-chat').shadowRoot.querySelector('.visitor.sent:last-of-type .said')?.textContent !== '');
    await dialog.getByRole('button', { name: 'Close chat' }).click();
    await inbox('POST', `/${id}/reply`, { client_id: crypto.randomUUID(), text: 'I send another one.' });
    await page.waitForFunction(() => document.querySelector('guildhall-chat').shadowRoot.querySelector('.launcher').getAttribute('aria-label') === 'Open chat, 1 unread message');
    await launcher.click();
    await inbox('POST', `/${id}/resolve`);
    await dialog.getByText('How was this conversation?').waitFor();
    await dialog.getByRole('radio', { name: '5 of 5' }).check();
    await dialog.getByRole('button', { name: 'Send rating' }).click();
    await dialog.getByText('Thank you.').waitFor();
    assert.equal((await inbox('GET', `/${id}`)).rating, 5);
    if (screenshot) await page.screenshot({ path: screenshot.replace('.png', '-person.png') });
  } else {
    console.log('skipped: talking to a person (no GUILDHALL_PERSON)');
  }

  assert.deepEqual(troubles, [], 'no console error, no policy violation, no request elsewhere');
  console.log(`widget: ok, answered ${JSON.stringify(text.slice(0, 80))}`);
} finally {
  await browser.close();
}
