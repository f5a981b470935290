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

/** Starts one. `prepare` may change the directory before, and `env` the environment of the first start. */
export async function start(syndic, { prepare, env = {} } = {}) {
  const place = mkdtempSync(join(tmpdir(), 'syndic-web-'));
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
  prepare?.(directory);

  const serve = (listen, more) =>
    spawn(syndic, ['serve', '--dir', directory, '--listen', listen, '--print-code'], { env: { ...process.env, NO_COLOR: '1', ...more } });
  let daemon = serve('127.0.0.1:0', env);
  const { url, admin, code } = await announced(daemon, true);
  const call = async (method, path, key, body) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  const stop = async () => {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  };
  let observer;
  const key = async (request) => (await call('POST', '/v1/keys', admin, request)).key;
  const server = {
    url,
    admin,
    code,
    directory,
    call,
    key,
    approver: (person) => key({ role: 'approver', approver: person }),
    auditor: () => key({ role: 'auditor' }),
    agent: (id) => key({ role: 'agent', agent: id }),
    // Asks for an action, reports its outcome where it may run, and returns the decision.
    act: async (agentKey, agent, action, args, more = {}) => {
      const decision = await call('POST', '/v1/actions', agentKey, { agent, action, args, ...more });
      if (decision.permit) {
        const outcome = { status: 'ok', args_digest: decision.permit.args_digest, result: { done: true }, duration_ms: 180 };
        await call('POST', `/v1/actions/${decision.action_id}/outcome`, agentKey, outcome);
      }
      return decision;
    },
    // Asks for an action, and returns the effect or, where it is held, the id of the newest request in the inbox.
    ask: async (agentKey, agentId, action, args) => {
      const { effect } = await call('POST', '/v1/actions', agentKey, { agent: agentId, action, args });
      if (effect !== 'hold') return effect;
      observer ??= await signIn(url, await key({ role: 'approver', approver: 'finance-lead-2' }));
      const inbox = await (await fetch(`${url}/approvals`, { headers: { cookie: observer } })).text();
      return inbox.match(/(?<=\/approvals\/)[0-9a-f-]{36}/g).sort().at(-1);
    },
    // Ends the daemon and keeps its directory and its address.
    pause: stop,
    resume: async (more = {}) => {
      daemon = serve(new URL(url).host, more);
      const again = await announced(daemon, false);
      server.code = again.code ?? server.code;
    },
    stop: async () => {
      await stop();
      rmSync(place, { recursive: true, force: true });
    },
  };
  return server;
}

async function signIn(url, key) {
  const answer = await fetch(`${url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ key }) });
  return answer.headers.get('set-cookie').split(';')[0];
}

/** Waits until a daemon says where it listens; the first start of a directory says its admin key and a code too. */
function announced(daemon, isFirst) {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk) => {
      text += chunk;
      const url = text.match(/listening on (http:\/\/[^\s/]+)/)?.[1];
      const admin = text.match(/syndic_[0-9a-f]+_[0-9a-f]+/)?.[0];
      const code = text.match(/#code=([0-9A-Za-z-]+)/)?.[1];
      if (url && ((admin && code) || !isFirst)) resolve({ url, admin, code });
    };
    daemon.stdout.on('data', read);
    daemon.stderr.on('data', read);
    daemon.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${text}`)));
  });
}
