// Opens the first page as somebody who is signed in and prints, as JSON, how long it took until the agents stood there and
// could be used, how much came over the wire, and how long a page without anything took: node first.mjs URL KEY

import { chromium } from 'playwright-core';

const [url, key] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
// The page's own clock begins with the navigation; asking it from outside would take as long as the page itself.
const watch = () => {
  const seen = new MutationObserver(() => {
    if (!document.querySelector('main table tbody tr')) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => { globalThis.interactive_ms = performance.now(); }));
  });
  seen.observe(document, { childList: true, subtree: true });
};
const fresh = async () => {
  const context = await browser.newContext({ baseURL: url });
  const signed = await context.request.post('/v1/session', { data: { key }, headers: { origin: url } });
  if (!signed.ok()) throw new Error(`sign-in answers ${signed.status()}: ${await signed.text()}`);
  return context.newPage();
};

// The browser itself has work to do at its first page; that is not ours.
const warm = await fresh();
await warm.goto('/healthz');

const blank = await fresh();
await blank.goto('/healthz');
const blank_ms = await blank.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);

const page = await fresh();
await page.addInitScript(watch);
await page.goto('/', { waitUntil: 'commit' });
const interactive_ms = await (await page.waitForFunction(() => globalThis.interactive_ms)).jsonValue();
const compressed = await page.evaluate(() =>
  [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter((one) => !one.name.includes('/v1/'))
    .reduce((sum, one) => sum + one.transferSize, 0));
await browser.close();
console.log(JSON.stringify({ interactive_ms, blank_ms, compressed_kb: compressed / 1000 }));
