// The pictures of the documentation: a day of three agents, made before it is photographed.
//
// The day is lived through hour by hour with Debian's faketime where it is there; else all of it happened just now. Debian's
// pngquant makes the pictures a third as large.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { settled, tools } from './dashboard.mjs';
import { start } from './server.mjs';

/** What a picture may weigh in the repository. */
const MOST_BYTES = 150_000;
const MOST_HEIGHT = 1_200;

/** The hour before which policies change, so that there are two revisions. */
const CHANGED_AT = 9;
const WEEKEND = `// What would a rule against refunds at weekends stop? It is watched before it is enforced.
@id("weekend-refunds")
@description("No refunds on Saturdays and Sundays.")
@reason("refunds are paid from Monday to Friday")
@severity("medium")
@mode("shadow")
forbid (principal, action == Action::"issue_refund", resource)
when { [6, 7].contains(context.call.local.weekday) };
`;

/** What somebody answers for, by the hour in which they do. */
const STATED = {
  6: { field: 'risk_assessment_completed' },
  7: { field: 'residual_risks_documented' },
  8: { field: 'system_description', value: 'answers customers, and refunds small amounts' },
  10: { field: 'intended_purpose', value: 'refunds and tickets of customers' },
  14: { field: 'override_capability' },
  16: { field: 'human_oversight_measures', value: 'refunds over 90 USD wait for the support leads' },
};

/** How many actions each hour of the day has, about. */
const OFFICE = [1, 1, 0, 0, 1, 2, 4, 8, 14, 18, 16, 17, 12, 15, 19, 16, 13, 9, 6, 4, 3, 3, 2, 2];
const HOURS = 24;

export async function pictures(syndic, directory) {
  mkdirSync(directory, { recursive: true });
  const library = faketime();
  if (!library) console.log('note: faketime is missing, so all of the day happens now');
  const ago = (hours) => (library && hours > 0 ? { LD_PRELOAD: library, FAKETIME: `-${hours}h`, DONT_FAKE_MONOTONIC: '1' } : {});

  const server = await start(syndic, { env: ago(23) });
  const world = await tools(server);
  for (let index = 0; index < HOURS; index += 1) {
    if (index > 0 && library) {
      await server.pause();
      if (index === CHANGED_AT) change(server.directory);
      await server.resume(ago(23 - index));
    }
    const hour = (new Date().getHours() + 1 + index) % HOURS;
    await live(server, world.keys, OFFICE[hour], index);
    await answer(server, index);
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

/** Lowers a threshold, and adds a shadow policy. */
function change(directory) {
  const profile = join(directory, 'agents/customer-support.yaml');
  writeFileSync(profile, readFileSync(profile, 'utf8').replace('amount_over: 100 USD', 'amount_over: 90 USD'));
  mkdirSync(join(directory, 'policies/teams/support'), { recursive: true });
  writeFileSync(join(directory, 'policies/teams/support/weekend-refunds.cedar'), WEEKEND);
}

function faketime() {
  const places = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'faketime/libfaketime.so.1'));
  return places.find((place) => existsSync(place));
}

async function shoot(page, path) {
  await page.mouse.move(0, 0);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const { width } = page.viewportSize();
  await page.screenshot({ path, clip: { x: 0, y: 0, width, height: Math.min(height, MOST_HEIGHT) }, fullPage: true });
  spawnSync('pngquant', ['--force', '--strip', '--speed', '1', '--ext', '.png', '128', path]);
  const { size } = statSync(path);
  console.log(`${path} ${(size / 1000).toFixed(0)} KB`);
  if (size > MOST_BYTES) {
    console.error(`${path} has ${size} bytes, over ${MOST_BYTES}`);
    process.exitCode = 1;
  }
}

/** Lives through one hour. */
async function live(server, keys, busy, hour) {
  const support = (action, args) => server.act(keys.support, 'customer-support', action, args, { session_id: `s-${hour}` });
  for (let turn = 0; turn < busy; turn += 1) {
    await support('issue_refund', { order_id: `A-${hour}${turn}`, amount: 12 + ((turn * 17) % 75) });
    if (turn % 3 === 0) await server.act(keys.knowledge, 'knowledge-base', 'search_knowledge_base', { query: 'travel policy' });
    if (turn % 7 === 3) await support('send_external_message', { recipient: 'customer@example.org', message: 'Your card 4111 1111 1111 1111 was charged.' });
    if (turn % 5 === 4) await server.act(keys.finance, 'financial-advisor', 'search_knowledge_base', { query: 'fund prospectus' });
  }
  if (hour % 6 === 4) await server.act(keys.finance, 'financial-advisor', 'execute_transaction', { amount: 5000, recipient: 'supplier@example.org' });
  if (hour % 8 === 2) await support('issue_refund', { order_id: `A-${hour}99`, amount: 240 });
}

/** What people state and try out in an hour, so that reports have something to show; every sixth hour somebody assesses. */
async function answer(server, hour) {
  const agent = '/v1/agents/customer-support';
  const stated = STATED[hour];
  if (stated) await server.call('POST', `${agent}/statements`, server.admin, { value: 'true', ...stated, name: 'head of support', function: 'owner' });
  if (hour === 12) await server.call('POST', '/v1/drills', server.admin, { drill: 'override', agent: 'customer-support' });
  if (hour === 13) await server.call('POST', '/v1/drills', server.admin, { drill: 'fail-closed' });
  if (hour % 6 === 5) await server.call('GET', `${agent}/compliance`, server.admin);
}
