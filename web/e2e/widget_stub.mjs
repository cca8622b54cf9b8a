// Everything of the widget that needs somebody to play the person, the network or the strict host: against the stub server.
//   node e2e/widget_stub.mjs [SCREENSHOT_FOLDER] [ONLY]
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { axe, hasChromium, openBrowser, watched } from './browser.mjs';
import { startStub } from './stub-server.mjs';

const [folder, only] = process.argv.slice(2);
if (!hasChromium()) {
  console.log('skipped: widget against the stub (no /usr/bin/chromium)');
  process.exit(0);
}
if (folder) await mkdir(folder, { recursive: true });

const KEY = 'pk_demo_demo_demo_demo';
const browser = await openBrowser();
const shot = (page, name) => (folder ? page.screenshot({ path: join(folder, `${name}.png`) }) : null);
const partsOf = (page) => ({
  launcher: page.locator('guildhall-chat .launcher'),
  dialog: page.getByRole('dialog'),
  input: page.getByRole('dialog').getByRole('textbox').last(),
  agent: page.locator('.message.agent:not(.greeting)'),
  visitor: page.locator('.message.visitor .said'),
  platform: page.locator('.message.platform'),
});
const until = async (what, check, ms = 8_000) => {
  for (const end = Date.now() + ms; ; ) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) assert.fail(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
async function opened(context, base, { path = `/demo?key=${KEY}`, bases = [base] } = {}) {
  const page = await context.newPage();
  const troubles = await watched(page, ...bases);
  await page.goto(base + path);
  const parts = partsOf(page);
  await parts.launcher.waitFor({ timeout: 5_000 });
  return { page, troubles, ...parts };
}
const ask = async ({ input }, text) => {
  await input.fill(text);
  await input.press('Enter');
};
const menu = async ({ dialog }, item) => {
  await dialog.getByRole('button', { name: 'More options' }).click();
  await dialog.getByRole('button', { name: item, exact: true }).click();
};

const hostPage = (server, attributes = `data-widget-key="${KEY}"`, body = '<h1>Host</h1>') => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><meta name="viewport" content="width=device-width"><script async src="${server}/widget/v1/loader.js" ${attributes}></script></head><body><main>${body}</main></body></html>`;
const strict = (server) => `default-src 'none'; script-src ${server}; connect-src ${server}; img-src ${server}; style-src 'none'; require-trusted-types-for 'script'`;

const cases = {
  async 'an answer streams, can be stopped, is complete after a reload in its middle'(stub, context) {
    const { page, troubles, launcher, dialog, input, agent, visitor } = await opened(context, stub.base);
    await launcher.click();
    assert.equal(await page.evaluate(() => document.querySelector('guildhall-chat').shadowRoot.activeElement.tagName), 'TEXTAREA');
    await shot(page, 'start');
    await ask({ input }, 'How long do I have to send something back?');
    await until('text while it is written', async () => /You may/.test(await agent.last().innerText()) && !(await agent.last().locator('.sources').count()));
    await shot(page, 'writing');
    await page.reload();
    await launcher.click();
    await agent.locator('.sources').waitFor();
    assert.match(await agent.last().innerText(), /our help pages/);
    assert.equal(await visitor.count(), 1);
    await agent.last().getByRole('button', { name: 'Source 2' }).click();
    assert.match(await agent.last().locator('details[open]').innerText(), /QR code in the parcel shop/);
    await shot(page, 'answer');

    await ask({ input }, 'And again?');
    const stop = dialog.getByRole('button', { name: 'Stop answering' });
    await until('some text', async () => /You may/.test(await agent.last().innerText()));
    await stop.click();
    await until('the stopped answer stands', async () => (await stop.isHidden()) && (await agent.count()) === 2);
    assert.doesNotMatch(await agent.last().innerText(), /help pages/);

    await agent.last().getByRole('button', { name: 'Not helpful' }).click();
    await agent.last().getByRole('textbox').fill('too short');
    await agent.last().getByRole('button', { name: 'Send comment' }).click();
    await agent.last().getByText('Thank you.').waitFor();
    assert.equal(await agent.last().getByRole('button', { name: 'Not helpful' }).getAttribute('aria-pressed'), 'true');
    assert.deepEqual(stub.newest().entries.filter(({ event }) => event === 'feedback').map(({ data }) => data.value), [-1, -1]);
    await dialog.getByRole('button', { name: 'How do I return a kayak?' }).click();
    await until('the suggestion was asked', async () => (await visitor.last().innerText()) === 'How do I return a kayak?');
    await page.reload();
    await launcher.click();
    await until('thumbs after a reload', async () => (await agent.nth(1).getByRole('button', { name: 'Not helpful' }).getAttribute('aria-pressed')) === 'true');
    assert.deepEqual(troubles, []);
  },

  async 'a person takes over and gives back; rating, transcript, new conversation'(stub, context) {
    const world = await opened(context, stub.base);
    const { page, troubles, launcher, dialog, input, visitor, platform } = world;
    await launcher.click();
    await menu(world, 'Talk to a person');
    await dialog.getByText('Your place in the queue: 2').waitFor();
    assert.match(await dialog.locator('.bar').innerText(), /about 3 minutes/);
    assert.equal(await visitor.last().innerText(), 'I would like to talk to a person.');
    await shot(page, 'waiting');
    await dialog.getByRole('button', { name: 'Stop waiting' }).click();
    await dialog.locator('.bar').waitFor({ state: 'hidden' });
    await ask(world, 'unknown thing');
    await dialog.getByRole('button', { name: 'Talk to a person' }).click();
    await dialog.getByText('Waiting for a person').waitFor();
    const conversation = stub.newest();
    conversation.claim('Ada Vester');
    await until('the person is in the header', async () => (await dialog.locator('h2').innerText()) === 'Ada Vester');
    conversation.tell('typing', { name: 'Ada Vester' });
    await dialog.getByText('Ada Vester is typing…').waitFor();
    conversation.say('Good morning! What happened?');
    await dialog.locator('.message.human').waitFor();
    assert.equal(await dialog.locator('.typing').count(), 0);
    await until('read aloud', () => page.evaluate(() => document.querySelector('guildhall-chat').shadowRoot.querySelector('[role=log]').lastElementChild?.textContent === 'Ada Vester: Good morning! What happened?'));
    await input.pressSequentially('It never', { delay: 5 });
    await until('typing is told', () => conversation.typed === 1);
    await input.press('Enter');
    await until('the person reads it', () => conversation.entries.at(-1).data.text === 'It never');
    await shot(page, 'person');
    assert.deepEqual(await axe(page), [], 'axe with a person');

    await dialog.getByRole('button', { name: 'Close chat' }).click();
    conversation.say('Are you still there?');
    await until('the launcher counts', async () => (await launcher.getAttribute('aria-label')) === 'Open chat, 1 unread message');
    await shot(page, 'unread');
    await page.reload();
    await until('and still after a reload', async () => (await launcher.getAttribute('aria-label')) === 'Open chat, 1 unread message');
    await launcher.click();
    await until('seen', () => conversation.read === conversation.entries.length);
    assert.equal(await launcher.getAttribute('aria-label'), 'Close chat');

    conversation.giveBack();
    await until('the agent is back', async () => (await dialog.locator('h2').innerText()) === 'Pine');
    const [download] = await Promise.all([page.waitForEvent('download'), menu(world, 'Download transcript')]);
    assert.match(await readFile(await download.path(), 'utf8'), /Good morning/);
    await menu(world, 'End conversation');
    await dialog.getByText('How was this conversation?').waitFor();
    await dialog.getByRole('radio', { name: '4 of 5' }).check();
    await dialog.getByRole('textbox', { name: 'Comment' }).fill('quick');
    await shot(page, 'rating');
    assert.deepEqual(await axe(page), [], 'axe with the rating');
    await dialog.getByRole('button', { name: 'Send rating' }).click();
    await until('rated', () => conversation.entries.at(-1).data.rating === 4);
    await ask(world, 'One more');
    await until('reopened', async () => conversation.state === 'bot' && (await dialog.locator('.rating').count()) === 0);
    await menu(world, 'New conversation');
    await until('empty', async () => (await visitor.count()) === 0 && (await platform.count()) === 0);
    assert.equal(stub.conversations.size, 2);
    assert.deepEqual(troubles, []);
  },

  async 'an opening time is shown in the zone of the visitor'(stub, context) {
    stub.isAfterHours = true;
    const world = await opened(context, stub.base);
    await world.launcher.click();
    await menu(world, 'Talk to a person');
    await world.platform.first().waitFor();
    assert.match(await world.platform.first().innerText(), /will be back on Tuesday,? November 24 at 5:00\sPM\. Leave/);
    assert.equal(await world.platform.locator('time').getAttribute('datetime'), '2026-11-24T08:00:00Z');
  },

  async 'a server that goes and comes back loses and doubles nothing'(stub, context) {
    const world = await opened(context, stub.base);
    const { page, launcher, dialog, visitor, agent } = world;
    await launcher.click();
    await ask(world, 'Before');
    await agent.locator('.sources').waitFor();
    await stub.down();
    await ask(world, 'During');
    await dialog.getByText('Not sent yet.').waitFor();
    await dialog.getByText('No connection. Trying again…').waitFor({ timeout: 6_000 });
    await shot(page, 'away');
    await stub.up();
    await until('answered after all', async () => (await agent.count()) === 2 && (await agent.last().locator('.sources').count()) === 1, 40_000);
    await until('no word of it any more', () => dialog.getByText('No connection').isHidden());
    assert.deepEqual(await visitor.allInnerTexts(), ['Before', 'During']);
    assert.deepEqual(stub.newest().entries.map(({ data }) => data.role), ['visitor', 'agent', 'visitor', 'agent']);

    await stub.down();
    await ask(world, 'Kept over a reload');
    await dialog.getByText('Not sent yet.').waitFor();
    await stub.up();
    await page.reload();
    await until('sent by the next page', () => stub.newest().entries.some(({ data }) => data.text === 'Kept over a reload'));
    assert.equal(stub.newest().entries.filter(({ data }) => data.text === 'Kept over a reload').length, 1);
    await launcher.click();
    await ask(world, 'please refuse');
    await dialog.getByText('This message was not sent.').waitFor();
    await shot(page, 'refused');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await until('removed', async () => !(await visitor.allInnerTexts()).includes('please refuse'));
  },

  async 'a long conversation comes a page at a time, a late message with its time'(stub, context) {
    const world = await opened(context, stub.base);
    await world.launcher.click();
    await ask(world, 'First');
    await world.agent.locator('.sources').waitFor();
    const conversation = stub.newest();
    conversation.claim('Ada Vester');
    for (let i = 0; i < 70; ++i) conversation.say(`Line ${i}`);
    conversation.append('message.created', { message_id: crypto.randomUUID(), role: 'human', person: 'Ada Vester', text: 'Sent before', created_at: new Date(Date.now() - 3_600_000).toISOString() });
    await world.dialog.locator('.late').waitFor();
    await world.page.reload();
    await world.launcher.click();
    await world.dialog.getByText('Line 69').waitFor();
    const lines = world.dialog.locator('.message.human');
    assert.equal(await lines.count(), 50);
    await world.dialog.getByRole('button', { name: 'Show earlier messages' }).click();
    await until('all of it', async () => (await lines.count()) === 71 && (await world.visitor.count()) === 1);
    assert.equal(await world.dialog.getByRole('button', { name: 'Show earlier messages' }).isVisible(), false);
    assert.match(await lines.first().innerText(), /Line 0$/);
    assert.deepEqual(world.troubles, []);
  },

  async 'two tabs share one stream, and either goes on alone'(stub, context) {
    const one = await opened(context, stub.base);
    await one.launcher.click();
    await ask(one, 'From the first');
    await one.agent.locator('.sources').waitFor();
    const two = await opened(context, stub.base);
    await two.launcher.click();
    await until('history in the second', async () => (await two.agent.count()) === 1);
    await ask(two, 'From the second');
    await until('written in the first', async () => /You may/.test(await one.agent.last().innerText()) && (await one.agent.count()) === 2);
    await one.agent.nth(1).locator('.sources').waitFor();
    await two.agent.nth(1).locator('.sources').waitFor();
    assert.deepEqual(await one.visitor.allInnerTexts(), ['From the first', 'From the second']);
    assert.deepEqual(await two.visitor.allInnerTexts(), ['From the first', 'From the second']);
    assert.equal(stub.streamsMax, 1, 'one stream at any time');
    await one.page.close();
    await until('the second follows', () => stub.streams === 1);
    stub.newest().platform('Still here');
    await two.platform.waitFor();
    assert.deepEqual(two.troubles, []);
  },

  async 'a host of the strictest policy sees no violation'(stub, context) {
    const host = await startStub({ pages: { strict: { html: hostPage(stub.base, `data-widget-key="${KEY}" data-suggestions="One?|Two?" data-language="de"`), policy: strict(stub.base) } } });
    try {
      await context.addInitScript(() => {
        window.shifts = [];
        const ofHost = (entry) => entry.sources.some(({ node }) => node && node.getRootNode() === document);
        new PerformanceObserver((list) => window.shifts.push(...list.getEntries().filter(ofHost).map((entry) => entry.value))).observe({ type: 'layout-shift', buffered: true });
      });
      const world = await opened(context, host.base, { path: '/page/strict', bases: [host.base, stub.base] });
      await world.launcher.click();
      await ask(world, 'Wie lange?');
      await world.agent.locator('.sources').waitFor();
      await world.agent.locator('summary').first().click();
      await world.agent.getByRole('button', { name: 'Hilfreich', exact: true }).click();
      await world.dialog.getByRole('button', { name: 'Weitere Möglichkeiten' }).click();
      const [download] = await Promise.all([world.page.waitForEvent('download'), world.dialog.getByRole('button', { name: 'Verlauf herunterladen' }).click()]);
      assert.match(await readFile(await download.path(), 'utf8'), /Wie lange/);
      await shot(world.page, 'strict');
      assert.deepEqual(await world.page.evaluate(() => window.shifts), [], 'nothing on the page moves');
      const style = await world.dialog.evaluate((dialog) => getComputedStyle(dialog).position);
      assert.equal(style, 'fixed', 'the sheet applies');
      await world.page.keyboard.press('Escape');
      await world.dialog.waitFor({ state: 'hidden' });
      assert.deepEqual(world.troubles.filter((trouble) => !trouble.includes('favicon')), []);
    } finally {
      host.stop();
    }
  },

  async 'a page that is not welcome stays as it is'(stub, context) {
    const page = await context.newPage();
    await page.goto(`${stub.base}/demo?key=sk_wrong`);
    await page.waitForFunction(() => document.querySelector('guildhall-chat'));
    await page.evaluate(() => document.querySelector('guildhall-chat').whenReady);
    assert.equal(await page.locator('guildhall-chat').isVisible(), false);
  },

  async 'a server that does not answer leaves the page as it is within three seconds'(stub, context) {
    stub.isHanging = true;
    const page = await context.newPage();
    await page.goto(`${stub.base}/demo?key=${KEY}`);
    const took = await page.evaluate(async () => {
      const began = performance.now();
      while (!document.querySelector('guildhall-chat')) await new Promise((resolve) => setTimeout(resolve, 10));
      await document.querySelector('guildhall-chat').whenReady;
      return performance.now() - began;
    });
    assert.ok(took < 3_500, `${took} ms`);
    assert.equal(await page.locator('guildhall-chat').isVisible(), false);
    await page.evaluate(() => document.querySelector('guildhall-chat').open());
    assert.equal(await page.getByRole('dialog').count(), 0);
  },

  async 'behind a proxy that holds streams back, polls bring the answer'(stub, context) {
    stub.isSilent = true;
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(`${stub.base}/demo?key=${KEY}`);
    const { launcher, agent, dialog } = partsOf(page);
    await launcher.waitFor();
    await launcher.click();
    await dialog.waitFor();
    await ask({ input: partsOf(page).input }, 'How long?');
    await until('heard', () => stub.newest()?.entries.length === 2);
    assert.equal(await agent.locator('.sources').count(), 0);
    await page.clock.fastForward(36_000);
    await agent.locator('.sources').waitFor();
    stub.newest().platform('And this');
    await dialog.getByText('And this').first().waitFor();
  },

  async 'every language comes in one file, and fits'(stub, context) {
    const world = await opened(context, stub.base);
    await world.launcher.click();
    await menu(world, 'Talk to a person');
    await world.dialog.getByText('Waiting for a person').waitFor();
    for (const language of ['ar', 'de', 'en', 'es', 'fr', 'hi', 'it', 'ja', 'ko', 'pt', 'ru', 'th', 'tr', 'zh-Hans']) {
      const texts = JSON.parse(await readFile(new URL(`../packages/i18n/widget/${language}.json`, import.meta.url), 'utf8'));
      await world.page.evaluate((chosen) => document.querySelector('guildhall-chat').setConfig({ language: chosen }), language);
      assert.equal(await world.input.getAttribute('placeholder'), texts.placeholder);
      await world.dialog.getByText(texts.waiting).waitFor();
      const wide = await world.dialog.evaluate((dialog) => [...dialog.querySelectorAll('*')].filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1 && getComputedStyle(element).overflowX !== 'visible').map((element) => element.className));
      assert.deepEqual(wide, [], language);
      if (['de', 'ru', 'th', 'ja'].includes(language)) {
        await world.dialog.getByRole('button', { name: texts.menu }).click();
        await shot(world.page, `language-${language}`);
        await world.page.keyboard.press('Escape');
      }
    }
  },

  async 'options, methods and events; destroyed, it leaves nothing'(stub, context) {
    const page = await context.newPage();
    stub.pages.methods = { html: hostPage(stub.base, '') };
    const troubles = await watched(page, stub.base);
    await page.goto(`${stub.base}/page/methods`);
    await page.waitForFunction(() => window.Guildhall);
    const before = await page.evaluate(() => [document.head.childElementCount, document.body.childElementCount]);
    const result = await page.evaluate(async (key) => {
      const heard = [];
      for (const name of ['ready', 'open', 'close', 'messageSent', 'messageReceived', 'conversationStart', 'conversationEnd', 'handover', 'unread', 'rated', 'error']) addEventListener(`guildhall:${name}`, () => heard.push(name));
      const chat = await window.Guildhall.init({ widgetKey: key, position: 'bottom-left', theme: 'dark', size: 'large', offset: 40, buttonSize: 64, zIndex: 7, primaryColor: '#ffd400', buttonIcon: '💬', welcomeMessage: 'Welcome!', suggestions: ['A?', 'B?'], placeholder: 'Say it', humanFirst: true, translations: { send: 'Go' }, persistence: 'none' });
      let own = 0;
      const count = () => (own += 1);
      await chat.on('open', count);
      await chat.open();
      await chat.off('open', count);
      const root = chat.shadowRoot;
      const rect = root.querySelector('.launcher').getBoundingClientRect();
      const look = { left: rect.left, width: rect.width, z: getComputedStyle(root.querySelector('.launcher')).zIndex, isDark: root.querySelector('.panel').classList.contains('dark'), send: root.querySelector('[type=submit]').ariaLabel, greeting: root.querySelector('.greeting').textContent, chips: [...root.querySelectorAll('.chip')].map((chip) => chip.textContent), placeholder: root.querySelector('textarea').placeholder };
      await chat.setContext({ pageUrl: 'https://shop.example/x', locale: 'fr' });
      const errors = [];
      for (const wrong of [() => chat.setContext({ cart: 3 }), () => chat.identify({ token: 'x' })]) await wrong().catch((error) => errors.push(error.message));
      await chat.sendMessage('Hello?');
      const conversation = await chat.getConversation();
      await chat.setConfig({ theme: 'light', language: 'ar', position: 'bottom-right' });
      const turned = { dir: root.querySelector('.panel').dir, isOpen: !root.querySelector('.panel').hidden, isDark: root.querySelector('.panel').classList.contains('dark'), said: root.querySelector('.said').textContent };
      await chat.clearConversation();
      const cleared = (await chat.getConversation()).messages.length;
      await chat.toggle();
      await chat.requestHuman();
      const state = (await chat.getConversation()).state;
      await chat.reset();
      const stored = Object.keys(localStorage).length;
      await chat.destroy();
      return { heard, own, look, errors, conversation, turned, cleared, state, stored, isLeft: document.querySelector('guildhall-chat') !== null };
    }, KEY);
    assert.deepEqual(result.look, { left: 40, width: 64, z: '7', isDark: true, send: 'Go', greeting: 'Welcome!', chips: ['Ask the assistant', 'Talk to a person', 'A?', 'B?'], placeholder: 'Say it' });
    assert.equal(result.own, 1);
    assert.equal(result.errors.length, 2);
    assert.match(result.errors[0], /no member cart/);
    assert.equal(result.conversation.messages[0].text, 'Hello?');
    assert.deepEqual(result.turned, { dir: 'rtl', isOpen: true, isDark: false, said: 'Hello?' });
    assert.equal(result.cleared, 0);
    assert.equal(result.stored, 0);
    assert.equal(result.isLeft, false);
    await page.evaluate(async (key) => {
      const chat = await window.Guildhall.init({ widgetKey: key });
      chat.remove();
      await new Promise((resolve) => setTimeout(resolve, 50));
      document.body.append(chat);
      await chat.open();
      await chat.sendMessage('Back again');
      chat.remove();
    }, KEY);
    for (const name of ['ready', 'open', 'close', 'messageSent', 'conversationStart']) assert.ok(result.heard.includes(name), name);
    assert.deepEqual(await page.evaluate(() => [document.head.childElementCount, document.body.childElementCount]), before);
    await until('no stream left', () => stub.streams === 0);
    assert.deepEqual(troubles.filter((trouble) => !trouble.includes('favicon')), []);
  },

  async 'an element its author wrote stands in the page'(stub, context) {
    stub.pages.inline = { html: hostPage(stub.base, '', `<h1>Host</h1><guildhall-chat widget-key="${KEY}"></guildhall-chat>`) };
    const page = await context.newPage();
    await page.goto(`${stub.base}/page/inline`);
    const region = page.getByRole('region', { name: 'Pine' });
    await region.waitFor();
    await region.getByRole('textbox').fill('Inline?');
    await page.keyboard.press('Enter');
    await region.locator('.sources').waitFor();
    assert.equal(await page.locator('guildhall-chat .launcher').isVisible(), false);
    await shot(page, 'inline');
    assert.deepEqual(await axe(page), []);
  },

  async 'no violation in either scheme, from right to left, with colours forced'(stub, context) {
    const world = await opened(context, stub.base);
    const { page, launcher, dialog, agent } = world;
    for (const [language, text] of [['en', 'How long?'], ['ar', 'كم من الوقت لدي لإرجاع المنتج؟']]) {
      await page.evaluate(async (chosen) => {
        const chat = document.querySelector('guildhall-chat');
        await chat.setConfig({ language: chosen });
        await chat.open();
      }, language);
      await ask(world, text);
      await until('answered', async () => (await agent.last().locator('.sources').count()) === 1);
      await agent.last().locator('summary').first().click();
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        assert.deepEqual(await axe(page), [], `axe, ${language}, ${colorScheme}`);
        await shot(page, `${language}-${colorScheme}`);
      }
      await dialog.getByRole('button', { expanded: false }).first().click();
      await shot(page, `${language}-menu`);
      assert.deepEqual(await axe(page), [], `axe, ${language}, menu`);
      await page.keyboard.press('Escape');
      assert.ok(await dialog.isVisible(), 'Esc closes one layer');
    }
    await page.emulateMedia({ forcedColors: 'active' });
    await shot(page, 'forced-colors');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.ok(await launcher.evaluate((button) => button.getRootNode().activeElement === button), 'focus returns');
  },

  async 'on small screens it is a sheet that the back button closes'(stub) {
    for (const [width, height, name] of [[360, 740, '360'], [320, 256, 'zoom-400']]) {
      const context = await browser.newContext({ viewport: { width, height }, hasTouch: true, isMobile: name === '360' });
      const world = await opened(context, stub.base);
      const { page, launcher, dialog, agent } = world;
      await launcher.tap();
      await ask(world, 'How long?');
      await agent.last().locator('.sources').waitFor();
      const box = await dialog.boundingBox();
      assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, width, height]);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no horizontal scroll');
      const log = await dialog.locator('.log').evaluate((element) => ({ wide: element.scrollWidth - element.clientWidth, high: element.clientHeight }));
      assert.equal(log.wide, 0);
      assert.ok(log.high >= 100, `the log keeps ${log.high} px`);
      if (name === '360') {
        const small = await dialog.locator('button:visible').evaluateAll((buttons) => buttons.filter((button) => !button.matches('.cite')).map((button) => [button.className, button.getBoundingClientRect()]).filter(([, rect]) => rect.width < 44 || rect.height < 44).map(([kind]) => kind));
        assert.deepEqual(small, [], 'targets of 44 px');
      }
      assert.deepEqual(await axe(page), []);
      await shot(page, name);
      await dialog.getByRole('button', { name: 'More options' }).tap();
      const last = dialog.getByRole('button', { name: 'End conversation' });
      await last.scrollIntoViewIfNeeded();
      const end = await last.boundingBox();
      assert.ok(end.y >= 0 && end.y + end.height <= height, 'the whole menu can be reached');
      await shot(page, `${name}-menu`);
      await page.keyboard.press('Escape');
      await page.goBack();
      await dialog.waitFor({ state: 'hidden' });
      assert.match(page.url(), /\/demo/);
      await launcher.tap();
      await dialog.waitFor();
      await dialog.getByRole('button', { name: 'Close chat' }).tap();
      await dialog.waitFor({ state: 'hidden' });
      await until('no entry left behind', () => page.evaluate(() => !history.state?.guildhall));
      assert.equal(await page.evaluate(() => document.documentElement.style.overflow), '');
      await context.close();
    }
  },
};

let failures = 0;
for (const [name, run] of Object.entries(cases)) {
  if (only && !name.includes(only)) continue;
  const stub = await startStub({ pages: {} });
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, timezoneId: 'Asia/Tokyo', locale: 'en-US' });
  const began = Date.now();
  try {
    await run(stub, context);
    console.log(`ok: ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failures += 1;
    console.error(`FAILED: ${name}\n${error.stack}`);
    for (const page of context.pages()) await shot(page, `failed-${failures}`);
  } finally {
    await context.close();
    stub.stop();
  }
}
await browser.close();
process.exitCode = failures === 0 ? 0 : 1;
