// A syndic of its own: a fresh directory, a server on loopback, and the keys the scenarios need.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SUPPORT = `people:
  support-lead-1:
    name: first support lead
    channels: [{ email: support-lead-1@example.org }]
  support-lead-2:
    name: second support lead
    channels: [{ email: support-lead-2@example.org }]
groups:
  support-lead:
    people: [support-lead-1, support-lead-2]
    timeout: 300s
    timeouts: { update_ticket: 10s }
`;

export async function start(syndic) {
  const place = mkdtempSync(join(tmpdir(), 'syndic-browser-'));
  const directory = join(place, 'governance');
  const init = spawnSync(syndic, ['init', directory], { encoding: 'utf8' });
  if (init.status !== 0) throw new Error(`cannot init: ${init.stdout}${init.stderr}`);
  writeFileSync(join(directory, 'approvers/support.yaml'), SUPPORT);
  // Every change of a ticket is held too, for ten seconds, so that a request can be seen to end.
  const agent = join(directory, 'agents/customer-support.yaml');
  const held = '  - actions: [issue_refund]\n    amount_over: 100 USD\n';
  const profile = readFileSync(agent, 'utf8');
  if (!profile.includes(held)) throw new Error(`${agent} does not hold refunds as it did`);
  writeFileSync(agent, profile.replace(held, `${held}  - actions: [update_ticket]\n`));

  // Money is moved in business hours only; here it is always their time.
  const calendar = join(directory, 'calendars/business-hours.yaml');
  writeFileSync(calendar, readFileSync(calendar, 'utf8').replaceAll('09:00-17:00', '00:00-24:00'));

  const server = spawn(syndic, ['serve', '--dir', directory, '--listen', '127.0.0.1:0'], { env: { ...process.env, NO_COLOR: '1' } });
  const { url, admin } = await announced(server);
  const call = async (method, path, key, body) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  let observer;
  const key = async (request) => (await call('POST', '/v1/keys', admin, request)).key;
  return {
    url,
    approver: (person) => key({ role: 'approver', approver: person }),
    agent: (id) => key({ role: 'agent', agent: id }),
    // Asks for an action, and returns the effect or, where it is held, the id of the newest request in the inbox.
    ask: async (agentKey, agentId, action, args) => {
      const { effect } = await call('POST', '/v1/actions', agentKey, { agent: agentId, action, args });
      if (effect !== 'hold') return effect;
      observer ??= await signIn(url, await key({ role: 'approver', approver: 'finance-lead-2' }));
      const inbox = await (await fetch(`${url}/approvals`, { headers: { cookie: observer } })).text();
      return inbox.match(/(?<=\/approvals\/)[0-9a-f-]{36}/g).sort().at(-1);
    },
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
      rmSync(place, { recursive: true, force: true });
    },
  };
}

async function signIn(url, key) {
  const answer = await fetch(`${url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ key }) });
  return answer.headers.get('set-cookie').split(';')[0];
}

function announced(server) {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk) => {
      text += chunk;
      const url = text.match(/listening on (http:\/\/\S+)/)?.[1];
      const admin = text.match(/syndic_[0-9a-f]+_[0-9a-f]+/)?.[0];
      if (url && admin) resolve({ url, admin });
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${text}`)));
  });
}
