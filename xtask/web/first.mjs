// Opens the first page as somebody who is signed in and prints, as JSON, how long it took until the agents stood there and
// could be used, how much came over the wire, and how long a page without anything took: node first.mjs URL KEY

import { chromium } from 'playwright-core';

const [url, key] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
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
let begun = performance.now();
await blank.goto('/healthz');
const blank_ms = performance.now() - begun;

const page = await fresh();
begun = performance.now();
await page.goto('/', { waitUntil: 'commit' });
await page.locator('main table tbody tr').first().waitFor();
await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
const interactive_ms = performance.now() - begun;
const compressed = await page.evaluate(() =>
  [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter((one) => !one.name.includes('/v1/'))
    .reduce((sum, one) => sum + one.transferSize, 0));
await browser.close();
console.log(JSON.stringify({ interactive_ms, blank_ms, compressed_kb: compressed / 1000 }));
