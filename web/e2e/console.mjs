// A new customer's way through the console, in a browser, against a running server with demo content: find an agent, order it, give
// it a persona and documents, try it, put its widget on a page of another origin, and see usage and invoice. Afterwards every page
// is looked at in light, dark, high contrast, right to left and on a phone: no axe finding, no sideways scrolling, nothing blocked
// by the content security policy, no error in the console.
//   node e2e/console.mjs BASE_URL [PICTURES]      or: node e2e/with-server.mjs PROGRAM e2e/console.mjs [PICTURES]
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { hasChromium, openBrowser, watched } from './browser.mjs';
import { checkOverlays, checkPages } from './console_looks.mjs';
import { documentPath, relevantPart } from '../packages/api/generate.mjs';
import { readFile } from 'node:fs/promises';

const [base, pictures] = process.argv.slice(2);
if (!base) {
  console.error('usage: console.mjs BASE_URL [PICTURES]');
  process.exit(2);
}
if (!hasChromium()) {
  console.log('skipped: console in a browser (no /usr/bin/chromium)');
  process.exit(0);
}
if (pictures) await mkdir(pictures, { recursive: true });

const described = await (await fetch(`${base}/openapi.json`)).json();
assert.deepEqual(await relevantPart(described), JSON.parse(await readFile(documentPath, 'utf8')), 'packages/api/openapi.json is what the server describes; run packages/api/generate.mjs');

const began = Date.now();
const steps = [];
function done(step) {
  steps.push(step);
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${step}`);
}

const email = `mina.${Date.now().toString(36)}@shop.example`;
const password = 'a sentence for the shop';
const files = [
  { name: 'returns.md', mimeType: 'text/markdown', buffer: Buffer.from('# Returns\n\nYou may return any order within 30 days of delivery. Returns are free within Spain.\n\n## Refunds\n\nA refund arrives within five working days on the card you paid with.\n') },
  { name: 'shipping.html', mimeType: 'text/html', buffer: Buffer.from('<html><body><main><h1>Shipping</h1><p>Parcels leave our warehouse in Valencia within one working day. Delivery to Germany takes three days.</p></main></body></html>') },
  { name: 'prices.csv', mimeType: 'text/csv', buffer: Buffer.from('product,price,currency\nKayak Tarifa,899,EUR\nPaddle Oslo,129,EUR\n') },
];

let troubles = [];
const browser = await openBrowser();
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce', permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  troubles = await watched(page, base);
  // What is refused on purpose is an error of the network to Chromium.
  const calm = () => troubles.filter((trouble) => !/status of (401|415)|ERR_INTERNET_DISCONNECTED/.test(trouble));
  const shot = async (name) => pictures && page.screenshot({ path: join(pictures, `journey-${name}.png`) });

  await page.goto(`${base}/`);
  await page.waitForURL('**/marketplace');
  await page.getByRole('searchbox').fill('documents');
  await page.waitForURL(/q=documents/);
  await page.getByRole('link', { name: 'Customer Support Agent' }).click();
  await page.getByRole('heading', { name: 'Plans' }).waitFor();
  done('a visitor finds the agent and compares its plans');

  await page.getByRole('link', { name: 'Choose the plan Starter' }).click();
  await page.getByLabel('Your name').fill('Mina Marin');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('short');
  await page.getByLabel(/^Organization/).fill('Marin Outdoor');
  await page.getByRole('button', { name: 'Order with obligation to pay' }).click();
  await page.getByText('At least 12 characters, please.').waitFor();
  await page.getByLabel('Password').fill(password);
  await shot('checkout');
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Order with obligation to pay' }).click();
  await page.getByText('No connection to the server').waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), email, 'what was typed is kept');
  await context.setOffline(false);
  const orderedAt = Date.now();
  await page.getByRole('button', { name: 'Order with obligation to pay' }).dblclick();
  await page.getByRole('heading', { name: 'Set up your agent' }).waitFor({ timeout: 20_000 });
  await shot('ready');
  done(`registered and ordered on one page; the agent was ready ${Date.now() - orderedAt} ms after the click`);
  const agent = new URL(page.url()).pathname.replace(/\/$/, '');

  await page.getByRole('link', { name: 'Start: Give it a name and a voice' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Pine');
  await page.getByLabel('Greeting').fill('Hello! Ask me about orders, shipping and returns.');
  await page.getByLabel('Emoji').fill('🌲');
  await page.getByRole('textbox', { name: 'Colour', exact: true }).fill('#0f766e');
  await page.getByRole('img', { name: 'Preview of the widget of Pine' }).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Persona saved').waitFor();
  done('persona, with its preview');

  await page.getByRole('link', { name: 'Knowledge' }).click();
  await page.getByText('Nothing taught yet').waitFor();
  await page.locator('input[type=file]').setInputFiles([...files, { name: 'program.txt', mimeType: 'text/plain', buffer: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62, 0]) }]);
  const refused = page.getByRole('list', { name: 'Uploads' }).getByRole('listitem').filter({ hasText: 'program.txt' });
  await refused.getByText(/upload PDF/).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll('td')].filter((cell) => cell.textContent === 'Ready').length === 3, null, { timeout: 30_000 });
  await shot('knowledge');
  await page.getByRole('button', { name: 'Remove program.txt from this list' }).click();
  done('three documents of three types are read, a program is refused with the reason');

  await page.getByRole('link', { name: 'Your answers' }).click();
  await page.getByRole('button', { name: 'Add an answer' }).first().click();
  await page.getByRole('textbox', { name: 'Question', exact: true }).fill('When are you open?');
  await page.getByRole('textbox', { name: 'Answer', exact: true }).fill('Monday to Friday, nine to five.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'When are you open?' }).waitFor();
  done('an answer of one’s own');

  await page.getByRole('link', { name: 'Ask your documents' }).click();
  await page.getByRole('textbox', { name: 'Your question' }).fill('How long do I have to return an order?');
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText('30 days').first().waitFor({ timeout: 20_000 });
  await page.getByText('1 source').click();
  await page.getByRole('heading', { name: /Returns/ }).first().waitFor();
  await shot('try');
  done('asked the documents; the answer is cited');

  await page.getByRole('link', { name: 'Quality' }).click();
  await page.getByRole('button', { name: 'Make questions from the documents' }).click();
  await page.getByText(/^\d+ of \d+$/).first().waitFor({ timeout: 20_000 });
  await page.getByText('Passage found').first().waitFor({ timeout: 20_000 });
  await shot('quality');
  done('questions made from the documents, asked, and their answers checked');

  await page.getByRole('link', { name: 'Widgets' }).click();
  await page.getByRole('button', { name: 'Add a widget' }).click();
  await page.getByRole('button', { name: 'Create widget' }).click();
  await page.getByText('Name at least one domain').waitFor();
  await page.getByLabel('Domains').fill('localhost');
  await shot('widget');
  await page.getByRole('button', { name: 'Create widget' }).click();
  await page.getByRole('tabpanel').waitFor();
  await page.getByRole('tabpanel').getByRole('button', { name: 'Copy' }).click();
  const snippet = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(snippet, /<script async src=".*loader\.js" data-widget-key="pk_/);
  done('a widget, its snippet copied');

  const shop = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>Marin Outdoor</title><h1>Marin Outdoor</h1>${snippet}</html>`);
  });
  await new Promise((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const visitor = await (await browser.newContext({ locale: 'de-DE' })).newPage();
  await visitor.goto(`http://localhost:${shop.address().port}/`);
  await visitor.locator('guildhall-chat .launcher').click();
  const chat = visitor.getByRole('dialog');
  await chat.getByText('Hello! Ask me about orders').waitFor();
  await chat.getByRole('textbox').fill('When does a refund arrive?');
  await chat.getByRole('textbox').press('Enter');
  await chat.getByText(/five working days/).first().waitFor({ timeout: 20_000 });
  if (pictures) await visitor.screenshot({ path: join(pictures, 'journey-visitor.png') });
  shop.close();
  await visitor.context().close();
  done('on a page of another origin the widget answers');

  await page.getByRole('link', { name: 'Keys' }).click();
  await page.getByRole('button', { name: 'Claim the secret' }).click();
  const secret = (await page.getByTestId('secret').innerText()).trim();
  assert.match(secret, /^ar_[A-Za-z0-9_-]{43}$/);
  await shot('secret');
  await page.getByRole('button', { name: 'I have stored it' }).click();
  assert.equal(await page.getByText(secret).count(), 0, 'the secret is not shown again');
  done('the default key is claimed, its secret shown once');

  await page.getByRole('link', { name: 'Usage' }).click();
  await page.getByRole('img', { name: /^Questions: 1\. Days with questions: 1\./ }).waitFor();
  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('cell', { name: '1', exact: true }).first().waitFor();
  await page.getByRole('link', { name: 'Invoices' }).click();
  await page.getByText('Running').waitFor();
  done('usage and invoice show it');

  await page.goto(`${base}${agent}/plan`);
  await page.getByRole('button', { name: 'Upgrade: Professional' }).click();
  await page.getByRole('button', { name: 'Upgrade', exact: true }).click();
  await page.getByText('You are now on Professional').waitFor();
  await page.getByRole('button', { name: 'Change to this: Starter' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Change to this' }).click();
  await page.getByRole('button', { name: 'Keep the present plan' }).click();
  await page.getByRole('button', { name: 'Keep the present plan' }).waitFor({ state: 'detached' });
  done('upgraded at once, a downgrade waits and is taken back');

  await page.goto(`${base}${agent}/persona`);
  await page.getByLabel('Greeting').fill('Typed before the session ended');
  await context.clearCookies();
  await page.getByRole('button', { name: 'Save' }).click();
  const again = page.getByRole('dialog', { name: 'Your session has ended' });
  await again.getByLabel('Password').fill(password);
  await shot('session-ended');
  await again.getByRole('button', { name: 'Sign in and go on' }).click();
  await page.getByText('Persona saved').waitFor();
  assert.equal(await page.getByLabel('Greeting').inputValue(), 'Typed before the session ended');
  done('the session ended while typing: signed in over the page, nothing lost');

  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('invoices');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/console/billing');
  await page.locator('h1').click();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.waitForURL('**/console/agents');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const bought = await (await context.request.get(`${base}/api/v1/access`)).json();
  assert.equal(bought.count, 1, 'a connection lost and a double click made one order');
  done('palette, keys and Esc');
  assert.deepEqual(calm(), [], 'nothing blocked, no error');

  const offering = (await (await fetch(`${base}/api/marketplace-public-offerings/`)).json())[0].uuid;
  const state = await context.storageState();
  await checkPages({ browser, base, state, pictures, agent, offering });
  await checkOverlays({ browser, base, state, pictures, agent });
  done('every page and overlay in light, dark, contrast, right to left and on a phone');
  console.log(`passed: ${steps.length} steps in ${((Date.now() - began) / 1000).toFixed(1)} s`);
} catch (failure) {
  console.error(troubles.join('\n'));
  const page = browser.contexts()[0]?.pages()[0];
  if (pictures && page) await page.screenshot({ path: join(pictures, 'failure.png') });
  throw failure;
} finally {
  await browser.close();
}
