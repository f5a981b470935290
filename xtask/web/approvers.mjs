// The pages for approvers: plain forms, with and without script.

import { strict as assert } from 'node:assert';

export async function approvers({ server, open, look }) {
  const keys = {
    support: await server.agent('customer-support'),
    finance: await server.agent('financial-advisor'),
    lead: await server.approver('support-lead-1'),
    other: await server.approver('support-lead-2'),
    money: await server.approver('finance-lead-1'),
  };
  const refund = (order, amount = 150) => server.ask(keys.support, 'customer-support', 'issue_refund', { order_id: order, amount });
  // It waits ten seconds from here, while the others run; its scenario is the last.
  const expiring = server.ask(keys.support, 'customer-support', 'update_ticket', { ticket_id: 'T-1', status: 'closed' });
  const until = Date.now() + 11_500;

  async function signIn(page, key) {
    await page.goto('/sign-in');
    await page.getByLabel('Approver key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/approvals');
  }

  async function choose(page, vote, reason) {
    await page.getByRole('radio', { name: vote, exact: true }).check();
    if (reason) await page.getByLabel('Reason').fill(reason);
  }

  const answer = (page) => page.locator('button.send');
  const status = async (id) => {
    const page = await open();
    await signIn(page, keys.other);
    await page.goto(`/approvals/${id}`);
    const text = await page.locator('.title .tag').nth(1).innerText();
    await page.context().close();
    return text;
  };

  return {
    async 'an approver signs in, reads and approves'() {
      const page = await open();
      await page.goto('/approvals');
      await look(page, 'sign-in');
      await page.getByLabel('Approver key').fill('syndic_wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await look(page, 'sign-in-wrong-key');
      await signIn(page, keys.lead);
      await look(page, 'inbox-empty');
      const id = await refund('A-1');
      await page.getByRole('link', { name: 'Refresh' }).click();
      await look(page, 'inbox');
      await page.getByRole('link', { name: /wants to issue_refund/ }).click();
      await look(page, 'request');
      await choose(page, 'Approve');
      await look(page, 'request-approve-chosen');
      await answer(page).click();
      await page.waitForURL('**/answered');
      await look(page, 'answered');
      assert.equal(await refund('A-1'), 'allow');
      await page.goto(`/approvals/${id}`);
      await look(page, 'request-approved');
      await page.getByRole('link', { name: 'History' }).click();
      await look(page, 'history');
    },

    async 'an approver rejects with a reason, and not without'() {
      const id = await refund('A-2');
      const page = await open('dark');
      await signIn(page, keys.lead);
      await page.goto(`/reject/${id}`);
      assert.ok(await page.getByRole('radio', { name: 'Reject' }).isChecked());
      await answer(page).click();
      await page.getByText('Say why you reject it').waitFor();
      await look(page, 'request-reason-missing-dark');
      await page.getByLabel('Reason').fill('The order was never returned.');
      await answer(page).click();
      await page.waitForURL('**/answered');
      await look(page, 'answered-rejected-dark');
      await page.goto('/approvals');
      await look(page, 'inbox-dark');
    },

    async 'a double click decides once'() {
      const id = await refund('A-3');
      const page = await open();
      await signIn(page, keys.lead);
      await page.goto(`/approve/${id}`);
      await answer(page).dblclick();
      await page.getByRole('heading', { name: /You approved it|It is approved/ }).waitFor();
      await look(page, 'double-click');
      assert.equal(await status(id), 'approved');
    },

    async 'the back button shows what was decided, and changes nothing'() {
      const id = await refund('A-4');
      const page = await open();
      await signIn(page, keys.lead);
      await page.goto(`/reject/${id}`);
      await page.getByLabel('Reason').fill('no');
      await answer(page).click();
      await page.waitForURL('**/answered');
      await page.goBack();
      // A page that is not kept is asked for again.
      await page.getByText('rejected', { exact: true }).first().waitFor();
      assert.equal(await answer(page).count(), 0);
      await look(page, 'back-button');
    },

    async 'of two browsers that race one wins, and the other is told'() {
      const id = await refund('A-5');
      const [first, second] = [await open(), await open()];
      await signIn(first, keys.lead);
      await signIn(second, keys.other);
      await Promise.all([first.goto(`/approve/${id}`), second.goto(`/reject/${id}`)]);
      await second.getByLabel('Reason').fill('no');
      await Promise.all([answer(first).click(), answer(second).click()]);
      const headings = await Promise.all([first, second].map((page) => page.locator('.result h1').innerText()));
      const won = headings.filter((text) => /^You (approved|rejected) it$/.test(text));
      const lost = headings.filter((text) => /^It is (approved|rejected)$/.test(text));
      assert.deepEqual([won.length, lost.length], [1, 1], headings.join(' / '));
      assert.equal(await status(id), won[0] === 'You approved it' ? 'approved' : 'rejected');
      await look(headings[0].startsWith('It') ? first : second, 'race-lost');
    },

    async 'everything works on a narrow screen'() {
      const id = await refund('A-6 '.repeat(300) + '<script>alert(1)</script> p\u0430ypal\u202e\u200b');
      const page = await open('narrow');
      await page.goto('/approvals');
      await look(page, 'sign-in-narrow');
      await signIn(page, keys.lead);
      await look(page, 'inbox-narrow');
      await page.goto(`/approve/${id}`);
      await look(page, 'request-narrow');
      await page.locator('.arguments summary').first().click();
      await look(page, 'request-unfolded-narrow');
      await answer(page).click();
      await page.waitForURL('**/answered');
      await look(page, 'answered-narrow');
      await page.goto('/approvals/history');
      await look(page, 'history-narrow');
    },

    async 'everything works without script'() {
      const id = await refund('A-7');
      const page = await open('light', { javaScriptEnabled: false });
      page.scriptless = true;
      await signIn(page, keys.lead);
      await page.goto(`/approve/${id}`);
      await look(page, 'request-without-script');
      await answer(page).click();
      await page.waitForURL('**/answered');
      assert.equal(await status(id), 'approved');
    },

    async 'at high risk a reason is asked for before it is sent'() {
      const id = await server.ask(keys.finance, 'financial-advisor', 'execute_transaction', { amount: 900, recipient: 'supplier@example.org' });
      const page = await open('dark');
      await signIn(page, keys.money);
      await page.goto(`/approve/${id}`);
      await look(page, 'request-high-dark');
      await answer(page).click();
      assert.ok(page.url().includes('/approve/'), 'the browser does not send it');
      await page.getByLabel('Reason').fill('Invoice checked.');
      await answer(page).click();
      await page.waitForURL('**/answered');
    },

    async 'by the keyboard alone a request is decided'() {
      const id = await refund('A-8');
      const page = await open();
      await signIn(page, keys.lead);
      await page.goto(`/approvals/${id}`);
      await page.getByRole('radio', { name: 'Approve' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowLeft');
      await look(page, 'request-focus');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/answered');
      assert.equal(await status(id), 'approved');
    },

    async 'a request that nobody answered says so'() {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, until - Date.now())));
      const page = await open();
      await signIn(page, keys.lead);
      await page.goto(`/approve/${await expiring}`);
      await page.getByText('not answered in time', { exact: true }).first().waitFor();
      assert.equal(await answer(page).count(), 0);
      await look(page, 'request-expired');
    },
  };
}
