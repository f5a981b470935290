// The pictures of the documentation: a day of three agents, made before it is photographed.
//
// The day is lived through hour by hour with Debian's faketime where it is there; else all of it happened just now.

import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { settled, tools } from './dashboard.mjs';
import { start } from './server.mjs';

/** What a picture may weigh in the repository. */
const MOST_BYTES = 150_000;

const DAY = [2, 1, 1, 0, 1, 2, 4, 8, 14, 18, 16, 17, 12, 15, 19, 16, 13, 9, 6, 4, 3, 3, 2, 4];

export async function pictures(syndic, directory) {
  mkdirSync(directory, { recursive: true });
  const hasPast = spawnSync('faketime', ['--version']).status === 0;
  if (!hasPast) console.log('note: faketime is missing, so all of the day happens now');
  const before = (hours) => (hasPast && hours > 0 ? ['faketime', '-f', `-${hours}h`] : []);

  const server = await start(syndic, { first: before(23) });
  const world = await tools(server);
  for (const [index, busy] of DAY.entries()) {
    if (index > 0 && hasPast) {
      await server.pause();
      await server.resume(before(23 - index));
    }
    await live(server, world.keys, busy, index);
  }
  const ids = await world.seed();

  const { open, found, close } = await launch(server.url, directory);
  for (const theme of ['light', 'dark', 'narrow']) {
    const page = await open(theme, theme === 'narrow' ? { deviceScaleFactor: 1 } : {});
    await world.signIn(page, world.keys.admin);
    for (const [name, [hash, ready]] of Object.entries(world.pages(ids))) {
      if (theme === 'narrow' && !['health', 'action'].includes(name)) continue;
      await page.goto(`/${hash}`);
      await page.getByText(ready).first().waitFor();
      await settled(page);
      if (name === 'agent') await page.locator('details.policy').first().click();
      await shoot(page, join(directory, `dashboard-${name}-${theme}.png`));
    }
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Auditor or admin key').waitFor();
    if (theme !== 'narrow') await shoot(page, join(directory, `dashboard-sign-in-${theme}.png`));
  }
  await close();
  await server.stop();
  for (const line of found) console.error(line);
  if (found.length > 0) process.exitCode = 1;
}

async function shoot(page, path) {
  await page.mouse.move(0, 0);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const { width } = page.viewportSize();
  await page.screenshot({ path, clip: { x: 0, y: 0, width, height: Math.min(height, 1200) }, fullPage: true });
  const { size } = statSync(path);
  if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes, over ${MOST_BYTES}`);
  console.log(`${path} ${(size / 1000).toFixed(0)} KB`);
}

/** Lives through one hour. */
async function live(server, keys, busy, hour) {
  const support = (action, args) => server.act(keys.support, 'customer-support', action, args, { session_id: `s-${hour}` });
  for (let turn = 0; turn < busy; turn += 1) {
    await support('issue_refund', { order_id: `A-${hour}${turn}`, amount: 12 + ((turn * 17) % 80) });
    if (turn % 3 === 0) await server.act(keys.knowledge, 'knowledge-base', 'search_knowledge_base', { query: 'travel policy' });
    if (turn % 7 === 3) await support('send_external_message', { recipient: 'customer@example.org', message: 'Your card 4111 1111 1111 1111 was charged.' });
    if (turn % 5 === 4) await server.act(keys.finance, 'financial-advisor', 'search_knowledge_base', { query: 'fund prospectus' });
  }
  if (hour % 6 === 4) await server.act(keys.finance, 'financial-advisor', 'execute_transaction', { amount: 5000, recipient: 'supplier@example.org' });
  if (hour % 8 === 2) await support('issue_refund', { order_id: `A-${hour}99`, amount: 240 });
}
