// How every page of the console looks and reads: axe without a finding, no sideways scrolling, no trouble in the console, a picture.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { watched } from './browser.mjs';

const looks = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 900 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 900 },
  { name: 'rtl', colorScheme: 'light', width: 1280, height: 900, language: 'ar' },
  { name: 'phone', colorScheme: 'light', width: 360, height: 740, language: 'de', touch: true },
  { name: 'phone-rtl', colorScheme: 'dark', width: 360, height: 740, language: 'ar', touch: true },
  { name: 'contrast', colorScheme: 'dark', width: 1280, height: 900, theme: 'contrast' },
];

const nameOf = (path) => path.replace(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g, 'x').replace(/\?.*tab=/, '-').replace(/\?q=.*/, '-search').replace(/\?.*/, '').replace(/^\//, '').replace(/\//g, '-');

async function findings(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
}

async function settled(page) {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.gh-skeleton'), null, { timeout: 10_000 });
}

async function opened(browser, state, look) {
  const context = await browser.newContext({
    storageState: state,
    viewport: { width: look.width, height: look.height },
    colorScheme: look.colorScheme,
    reducedMotion: 'reduce',
    hasTouch: Boolean(look.touch),
    locale: 'en-GB',
  });
  await context.addInitScript(([theme, language]) => {
    localStorage.setItem('guildhall.theme', theme);
    localStorage.setItem('guildhall.language', language);
  }, [look.theme ?? 'system', look.language ?? 'en']);
  return context;
}

/** Every route, in every look. */
export async function checkPages({ browser, base, state, pictures, agent, offering }) {
  const own = ['', '/persona', '/knowledge', '/knowledge?tab=pages', '/knowledge?tab=answers', '/try', '/quality', '/widgets', '/keys', '/usage', '/plan'].map((page) => agent + page);
  const routes = ['/marketplace', '/marketplace?q=nothing-like-this', `/marketplace/${offering}`, `/marketplace/${offering}/order`, '/console', '/console/agents', '/console/billing', ...own, '/console/nowhere/at/all'];
  const visitors = ['/console/sign-in', '/console/sign-up', `/marketplace/${offering}/order`];
  const problems = [];
  for (const look of looks) {
    for (const [who, paths] of [[state, routes], [{ cookies: [], origins: [] }, visitors]]) {
      const context = await opened(browser, who, look);
      const page = await context.newPage();
      const troubles = await watched(page, base);
      for (const path of paths) {
        await page.goto(base + path);
        await settled(page);
        const at = `${look.name} ${who === state ? '' : 'visitor '}${path}`;
        for (const finding of await findings(page)) problems.push(`${at}: ${finding}`);
        const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        if (wide > room) problems.push(`${at}: ${wide} px wide in ${room}`);
        const headings = await page.locator('h1').count();
        if (headings !== 1) problems.push(`${at}: ${headings} h1`);
        if (pictures) await page.screenshot({ path: join(pictures, `${nameOf(path)}${who === state ? '' : '-visitor'}.${look.name}.png`), fullPage: true });
      }
      for (const trouble of troubles) problems.push(`${look.name}: ${trouble}`);
      await context.close();
    }
  }
  assert.deepEqual(problems, []);
}

/** Every overlay, in light, dark and right to left. */
export async function checkOverlays({ browser, base, state, pictures, agent }) {
  const overlays = [
    { name: 'palette', path: '/console', open: (page) => page.keyboard.press('Control+k') },
    { name: 'help', path: '/console', open: (page) => page.keyboard.press('?') },
    { name: 'user-menu', path: '/console', open: (page) => page.locator('header [aria-haspopup=menu]').last().click(), role: 'menu' },
    { name: 'widget-dialog', path: `${agent}/widgets`, open: (page) => page.keyboard.press('c') },
    { name: 'key-dialog', path: `${agent}/keys`, open: (page) => page.keyboard.press('c') },
    { name: 'answer-dialog', path: `${agent}/knowledge?tab=answers`, open: (page) => page.keyboard.press('c') },
    { name: 'confirm', path: `${agent}/plan`, open: (page) => page.locator('main button').last().click() },
  ];
  const problems = [];
  for (const look of looks.filter(({ name }) => ['light', 'dark', 'rtl', 'phone'].includes(name))) {
    const context = await opened(browser, state, look);
    const page = await context.newPage();
    for (const overlay of overlays) {
      await page.goto(base + overlay.path);
      await settled(page);
      await overlay.open(page);
      const layer = page.getByRole(overlay.role ?? 'dialog');
      await layer.waitFor();
      for (const finding of await findings(page)) problems.push(`${look.name} ${overlay.name}: ${finding}`);
      if (pictures) await page.screenshot({ path: join(pictures, `overlay-${overlay.name}.${look.name}.png`) });
      await page.keyboard.press('Escape');
      await layer.waitFor({ state: 'detached' });
    }
    await context.close();
  }
  assert.deepEqual(problems, []);
}
