// The dashboard: what it shows, how fast, to whom, and what happens when something is wrong.

import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A name that would be markup, turns the text after it around, and hides something. */
const HOSTILE = '<img src=x onerror=alert(1)> \u202eesrever\u202c \u200bhidden';
const LONG = `${'Name without end '.repeat(588)}0123`;
/** A live update is seen within this time. */
const SOON_MS = 1_000;
const MOST_BYTES = 100_000;

const agent = (name) => `name: ${JSON.stringify(name)}
risk_level: low
owner: { person: documentation lead, team: documentation, contact: documentation@example.org }
purpose: Answers questions.
version: "1.0.0"
mode: observe
can_write_data: false
can_send_external_messages: false
can_execute_code: false
can_make_financial_transactions: false
max_transaction_amount: 0
requires_human_approval: false
approval_threshold: never
actions: [search_knowledge_base]
`;

function prepare(directory) {
  writeFileSync(join(directory, 'agents/hostile.yaml'), agent(HOSTILE));
  writeFileSync(join(directory, 'agents/long.yaml'), agent(LONG));
}

export async function dashboard({ server, open, look }) {
  const { signIn, signedIn, pages, seed, keys } = await tools(server, open);
  const ids = await seed();

  return {
    async 'a key signs in, and a wrong one is told so'() {
      const page = await open();
      await page.goto('/');
      await look(page, 'dashboard-sign-in');
      await page.getByLabel('Auditor or admin key').fill('syndic_wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
      await look(page, 'dashboard-sign-in-wrong');
      await signIn(page, keys.admin);
      await page.reload();
      await page.getByRole('heading', { name: 'Health', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('Auditor or admin key').waitFor();
    },

    async 'the code in the link signs in once, and leaves the address bar'() {
      assert.ok(server.code, 'a foreground serve prints a link with a code');
      const page = await open();
      await page.goto(`/#code=${server.code}`);
      await page.getByRole('heading', { name: 'Health', exact: true }).waitFor();
      assert.ok(!page.url().includes('code'), page.url());
      const second = await open();
      await second.goto(`/#code=${server.code}`);
      await second.getByRole('alert').waitFor();
      assert.equal(await second.getByRole('heading', { name: 'Health', exact: true }).count(), 0);
    },

    async 'an approver is led to the inbox, and an agent nowhere'() {
      const page = await open();
      await page.goto('/');
      await page.getByLabel('Auditor or admin key').fill(await server.approver('support-lead-1'));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/approvals');
      const other = await open();
      await other.goto('/');
      await other.getByLabel('Auditor or admin key').fill(keys.support);
      await other.getByRole('button', { name: 'Sign in' }).click();
      await other.getByRole('alert').waitFor();
    },

    ...Object.fromEntries(
      ['light', 'dark', 'narrow'].map((screen) => [
        `every page is clean, ${screen}`,
        async () => {
          const page = await signedIn(keys.admin, screen);
          for (const [name, [hash, ready]] of Object.entries(pages(ids))) {
            await page.goto(`/${hash}`);
            await page.getByText(ready).first().waitFor();
            await settled(page);
            await look(page, `dashboard-${name}-${screen}`);
          }
        },
      ]),
    ),

    async 'an action is seen within a second'() {
      const page = await signedIn(keys.auditor);
      await page.getByText('live', { exact: true }).waitFor();
      const took = [];
      for (let round = 0; round < 5; round += 1) {
        const total = page.locator('.totals dd').first();
        const before = Number((await total.innerText()).replaceAll(/\D/g, ''));
        const began = Date.now();
        await server.act(keys.support, 'customer-support', 'issue_refund', { order_id: `L-${round}`, amount: 5 });
        await page.waitForFunction((former) => Number(document.querySelector('.totals dd')?.textContent?.replaceAll(/\D/g, '')) > former, before, { polling: 'raf' });
        took.push(Date.now() - began);
      }
      took.sort((a, b) => a - b);
      assert.ok(took[2] <= SOON_MS, `half of the updates took longer than ${took[2]} ms`);
      return `submitted to seen on Health: ${took.join(', ')} ms`;
    },

    async 'the feed of actions grows by itself, and stands still while paused'() {
      const page = await signedIn(keys.auditor);
      await page.goto('/#/actions');
      await page.locator('.events tbody tr').first().waitFor();
      const { action_id: id } = await server.act(keys.support, 'customer-support', 'issue_refund', { order_id: 'F-1', amount: 6 });
      await page.locator(`a[href$="${id}"]`).waitFor({ timeout: 2_000 });
      await page.getByRole('button', { name: 'Pause' }).click();
      const later = await server.act(keys.support, 'customer-support', 'issue_refund', { order_id: 'F-2', amount: 7 });
      await settled(page);
      assert.equal(await page.locator(`a[href$="${later.action_id}"]`).count(), 0);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.locator(`a[href$="${later.action_id}"]`).waitFor();
    },

    async 'filters stand in the address and survive a reload'() {
      const page = await signedIn(keys.auditor);
      await page.goto('/#/actions');
      await page.getByLabel('Agent', { exact: true }).fill('customer-support');
      await page.getByLabel('Decision').selectOption('false');
      await page.getByLabel('Words').fill('refund');
      await page.waitForURL(/agent=customer-support.*allowed=false.*q=refund/);
      await page.reload();
      assert.equal(await page.getByLabel('Agent', { exact: true }).inputValue(), 'customer-support');
      assert.equal(await page.getByLabel('Decision').inputValue(), 'false');
      assert.equal(await page.getByLabel('Words').inputValue(), 'refund');
      await page.getByRole('button', { name: 'Clear all filters' }).click();
      await page.locator('.events tbody tr').nth(3).waitFor();
    },

    async 'an administrator suspends with a reason, by the keyboard, and resumes'() {
      const page = await signedIn(keys.admin);
      await page.getByRole('button', { name: 'Suspend customer-support' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.type('Refunds twice as many as usual.');
      await look(page, 'dashboard-suspend');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByText('Refunds twice as many as usual.').first().waitFor();
      assert.equal(await effect(server, keys.support), 'deny');
      await page.goto('/#/agents/customer-support');
      await page.getByText('It is suspended').waitFor();
      await page.locator('.timeline .tag', { hasText: 'suspended' }).first().waitFor();
      await look(page, 'dashboard-agent-suspended');
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.getByLabel('Reason').fill('It was a campaign.');
      await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
      await page.getByRole('button', { name: 'Suspend' }).waitFor();
      assert.equal(await effect(server, keys.support), 'allow');
    },

    async 'the stop button stops all, and Escape leaves it alone'() {
      const page = await signedIn(keys.admin);
      await page.getByRole('button', { name: 'Stop all agents' }).click();
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      assert.equal(await effect(server, keys.support), 'allow');
      await page.getByRole('button', { name: 'Stop all agents' }).click();
      await page.getByLabel('Reason').fill('Drill.');
      await page.getByRole('dialog').getByRole('button', { name: 'Stop all agents' }).click();
      await page.getByText('All agents are suspended').waitFor();
      await look(page, 'dashboard-stopped');
      assert.equal(await effect(server, keys.support), 'deny');
      await page.getByRole('button', { name: 'Lift the stop' }).click();
      await page.getByLabel('Reason').fill('Drill is over.');
      await page.getByRole('dialog').getByRole('button', { name: 'Lift the stop' }).click();
      await page.getByRole('button', { name: 'Stop all agents' }).waitFor();
      assert.equal(await effect(server, keys.support), 'allow');
    },

    async 'an auditor has no stop button, and the server refuses one'() {
      const page = await signedIn(keys.auditor);
      await page.getByRole('link', { name: 'Customer Support Agent' }).waitFor();
      assert.equal(await page.getByRole('button', { name: /Suspend|Stop/ }).count(), 0);
      await page.goto('/#/agents/customer-support');
      await page.getByRole('heading', { name: 'Customer Support Agent' }).waitFor();
      assert.equal(await page.getByRole('button', { name: /Suspend/ }).count(), 0);
      const status = await page.evaluate(async () => {
        const answer = await fetch('/v1/agents/customer-support/suspend', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"reason":"x"}' });
        return answer.status;
      });
      assert.equal(status, 403);
    },

    async 'names with markup, turned text and no end are shown as text'() {
      const page = await signedIn(keys.admin);
      await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
      assert.equal(await page.locator('main img').count(), 0);
      assert.ok(await page.locator('i.mark', { hasText: 'U+202E' }).first().isVisible());
      const long = page.getByRole('link', { name: /Name without end/ });
      assert.ok((await long.innerText()).length < 100);
      await long.click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await settled(page);
      await look(page, 'dashboard-agent-long');
      await page.goto('/#/agents/hostile');
      await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
      await look(page, 'dashboard-agent-hostile');
    },

    async 'of ten thousand agents a page is shown, and each is found'() {
      const page = await signedIn(keys.auditor, 'light', manyAgents);
      await page.getByText('1–100 of 10,003 agents').waitFor();
      assert.equal(await page.locator('.agents tbody tr').count(), 100);
      const began = Date.now();
      await page.getByLabel('Find an agent or owner').fill('agent-9990');
      await page.getByRole('link', { name: 'Agent 9990' }).waitFor();
      const took = Date.now() - began;
      await page.reload();
      await page.getByRole('link', { name: 'Agent 9990' }).waitFor();
      return `found one of 10,003 after ${took} ms`;
    },

    async 'a browser whose clock is wrong says how long ago by the server'() {
      const page = await signedIn(keys.auditor, 'light', (page) => page.clock.install({ time: Date.now() - 3 * 3_600_000 }));
      await page.getByText(/This browser's clock is (2|3) h behind/).waitFor();
      await look(page, 'dashboard-clock');
      await page.goto('/#/actions');
      await page.locator('.events tbody tr').first().waitFor();
      const ago = await page.locator('.events tbody tr time').nth(1).innerText();
      assert.match(ago, /just now|\d+ (s|min) ago/);
    },

    async 'when the server is down the page says so, and goes on when it is back'() {
      const page = await signedIn(keys.auditor);
      await page.getByText('live', { exact: true }).waitFor();
      page.mayFail = true;
      await server.pause();
      await page.getByText('syndic does not answer.').waitFor();
      assert.ok(await page.getByRole('link', { name: 'Customer Support Agent' }).isVisible(), 'what was shown stays');
      await look(page, 'dashboard-down');
      await server.resume();
      await page.getByText('live', { exact: true }).waitFor({ timeout: 15_000 });
      assert.equal(await page.getByText('syndic does not answer.').count(), 0);
      const before = await page.locator('.totals dd').first().innerText();
      await server.act(keys.support, 'customer-support', 'issue_refund', { order_id: 'B-1', amount: 5 });
      await page.waitForFunction((former) => document.querySelector('.totals dd')?.textContent !== former, before);
    },

    async 'an agent is assessed when somebody asks, and what the report does not show comes first'() {
      const page = await signedIn(keys.auditor);
      const made = async () => (await server.call('GET', '/v1/agents/knowledge-base/assessments', server.admin)).reports.length;
      await page.goto('/#/compliance');
      const row = page.getByRole('row', { name: /Knowledge Base/ });
      await row.getByText('never', { exact: true }).waitFor();
      assert.equal(await made(), 0, 'the list makes no report');
      await row.getByRole('link', { name: 'Assess now' }).click();
      await page.getByRole('heading', { name: 'What this report does not show' }).waitFor();
      assert.equal(await page.locator('main h2').first().innerText(), 'What this report does not show');
      await page.locator('#checklist .count').waitFor();
      await page.getByLabel('Status', { exact: true }).selectOption('open');
      await page.waitForURL(/status=open/);
      await page.getByLabel('Framework').selectOption({ index: 1 });
      await page.locator('.controls tbody tr').first().waitFor();
      await page.reload();
      await page.locator('.controls tbody tr').first().waitFor();
      assert.equal(await page.getByLabel('Status', { exact: true }).inputValue(), 'open');
      await page.getByText('What each probe found').click();
      await page.locator('.readings tbody tr').first().waitFor();
      await settled(page);
      await look(page, 'dashboard-report-open');
      const before = await made();
      await page.getByRole('link', { name: '← Compliance' }).click();
      await page.getByRole('row', { name: /Knowledge Base/ }).getByText(/\d\/7/).waitFor();
      await page.getByRole('link', { name: 'Knowledge Base' }).click();
      await page.getByRole('heading', { name: 'What this report does not show' }).waitFor();
      assert.equal(await made(), before, 'going back makes no other report');
      const [print] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: 'Open to print' }).click()]);
      await print.getByRole('heading', { level: 1, name: /What the evidence shows/ }).waitFor();
    },

    async 'a report that cannot be made is told so, and asked for again'() {
      const page = await signedIn(keys.auditor);
      const problem = { type: 'urn:syndic:problem:not-signed', title: 'Conflict', status: 409, detail: 'the newest records are not signed yet; try again in a second' };
      await page.route('**/v1/agents/*/compliance', (route) => route.fulfill({ status: 409, contentType: 'application/problem+json', json: problem }));
      await page.goto('/#/compliance/knowledge-base');
      await page.getByText('The report cannot be shown.').waitFor();
      await look(page, 'dashboard-report-refused');
      await page.unroute('**/v1/agents/*/compliance');
      await page.getByRole('button', { name: 'Ask again' }).click();
      await page.getByRole('heading', { name: 'What this report does not show' }).waitFor();
    },

    async 'the skip link leads to the content, and each page has landmarks'() {
      const page = await signedIn(keys.auditor);
      await page.keyboard.press('Tab');
      await page.getByRole('link', { name: 'Skip to the content' }).press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
      for (const role of ['banner', 'navigation', 'main', 'contentinfo']) assert.ok((await page.getByRole(role).count()) > 0, role);
    },

    async 'the first page is small'() {
      const context = (await open()).context();
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      let bytes = 0;
      session.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
      await signIn(page, keys.auditor);
      await settled(page);
      assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
      return `the first page and Health with ${ids.agents} agents: ${(bytes / 1000).toFixed(1)} KB over the wire`;
    },

    async 'a proof is downloaded, and verifies'() {
      const page = await signedIn(keys.auditor);
      await page.goto(`/#/actions/${ids.denied}`);
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the proof' }).click()]);
      assert.equal(download.suggestedFilename(), `proof-${ids.denied}.txt`);
      const stream = await download.createReadStream();
      let text = '';
      for await (const chunk of stream) text += chunk;
      assert.match(text, /c2sp\.org|checkpoint|proof/i);
    },
  };
}
dashboard.prepare = prepare;

/** One look at each page, in one theme. */
export async function smoke({ server, open, look }) {
  const { signedIn, pages, seed, keys } = await tools(server, open);
  const ids = await seed();
  return {
    async 'every page of the dashboard opens, and is clean'() {
      const page = await signedIn(keys.admin);
      for (const [name, [hash, ready]] of Object.entries(pages(ids))) {
        await page.goto(`/${hash}`);
        await page.getByText(ready).first().waitFor();
        await settled(page);
        await look(page, `smoke-${name}`);
      }
    },
  };
}
smoke.prepare = prepare;

/** What scenarios share. */
export async function tools(server, open) {
  const keys = {
    admin: server.admin,
    auditor: await server.auditor(),
    support: await server.agent('customer-support'),
    finance: await server.agent('financial-advisor'),
    knowledge: await server.agent('knowledge-base'),
  };
  async function signIn(page, key) {
    await page.goto('/');
    await page.getByLabel('Auditor or admin key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Health', exact: true }).waitFor();
    await page.locator('.governance').waitFor();
  }
  async function signedIn(key, screen, prepared) {
    const page = await open(screen);
    await prepared?.(page);
    await signIn(page, key);
    return page;
  }
  // Something of each kind: allowed, denied, held and answered.
  async function seed() {
    await server.act(keys.knowledge, 'knowledge-base', 'search_knowledge_base', { query: 'travel policy' });
    const allowed = await server.act(keys.support, 'customer-support', 'issue_refund', { order_id: 'A-1', amount: 45 });
    const denied = await server.act(keys.finance, 'financial-advisor', 'execute_transaction', { amount: 5000, recipient: 'supplier@example.org' });
    await server.act(keys.support, 'customer-support', 'send_external_message', { recipient: 'customer@example.org', message: 'Your card 4111 1111 1111 1111' });
    const held = await server.act(keys.support, 'customer-support', 'issue_refund', { order_id: 'A-7731', amount: 150 });
    await server.act(keys.finance, 'financial-advisor', 'execute_transaction', { amount: 900, recipient: 'supplier@example.org' });
    const { agents } = await server.call('GET', '/v1/agents', server.admin);
    return { allowed: allowed.action_id, denied: denied.action_id, held: held.action_id, agents: agents.length };
  }
  /** Each page: where it is, and what it says once it is there. */
  const pages = (ids) => ({
    health: ['#/', 'agents suspended'],
    agent: ['#/agents/customer-support', 'Policies over it'],
    actions: ['#/actions', 'New actions appear by themselves.'],
    action: [`#/actions/${ids.denied}`, 'What would have let it pass'],
    held: [`#/actions/${ids.held}`, 'The page on which approvers answer'],
    policies: ['#/policies', 'seen by a test'],
    policy: ['#/policies/no-pii-external', 'Actions it stood in the way of'],
    revisions: ['#/policies/revisions', 'What changed in'],
    approvals: ['#/approvals', 'What they are asked most'],
    compliance: ['#/compliance', 'Controls satisfied'],
    report: ['#/compliance/customer-support', 'Never tried out'],
  });
  return { keys, signIn, signedIn, seed, pages };
}

/** Waits until nothing is being asked for any more. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelectorAll('.loading').length === 0);
  await page.waitForTimeout(250);
}

async function effect(server, key) {
  return (await server.call('POST', '/v1/actions', key, { agent: 'customer-support', action: 'issue_refund', args: { order_id: 'E-1', amount: 5 } })).effect;
}

/** Answers with ten thousand agents more than there are. */
async function manyAgents(page) {
  await page.route('**/v1/overview', async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    const [one] = body.agents;
    for (let index = 0; body.agents.length < 10_003; index += 1) body.agents.push({ ...one, agent: `agent-${index}`, name: `Agent ${index}` });
    await route.fulfill({ response: answer, json: body });
  });
}
