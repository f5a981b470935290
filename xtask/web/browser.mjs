// The browser: windows that share nothing, and what every page that is looked at must be.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const SCREENS = {
  light: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  narrow: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};
/** What a page may be told with these is shown to the reader; the browser notes them as errors all the same. */
const TOLD = /status of (401|403|404|409|410|422)/;

export async function launch(baseURL, screenshots) {
  mkdirSync(screenshots, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Nothing but the server on loopback is opened, and a container has no other sandbox to offer.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const found = [];

  // Opens a window of its own, so that scenarios share no cookies.
  async function open(screen = 'light', more = {}) {
    const context = await browser.newContext({ ...SCREENS[screen], baseURL, ...more });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (line) => {
      const isDown = page.mayFail && /net::ERR_/.test(line.text());
      if (line.type() === 'error' && !TOLD.test(line.text()) && !isDown) found.push(`console: ${line.text()}`);
    });
    page.on('pageerror', (error) => found.push(`error in page: ${error}`));
    page.on('request', (request) => !request.url().startsWith(baseURL) && !request.url().startsWith('blob:') && found.push(`a request to elsewhere: ${request.url()}`));
    return page;
  }

  // Photographs a page; it must fit the screen, and axe-core finds nothing in it.
  async function look(page, name) {
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (beyond > 0) found.push(`${name}: wider than the screen by ${beyond} pixels`);
    if (page.scriptless) return;
    // The browser's own tools may run where no script of a page may.
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => window.axe.run());
    for (const { impact, id, nodes } of violations) found.push(`${name}: axe ${impact} ${id} at ${nodes[0].target}`);
  }

  const clear = () => Promise.all(browser.contexts().map((context) => context.close()));
  return { open, look, found, clear, close: () => browser.close() };
}
