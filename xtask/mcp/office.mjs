// A daemon of syndic over a fresh governance directory, with an agent and somebody who approves.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from './report.mjs';
import { end, freePort, listens, run, said, start } from './process.mjs';

export class Office {
  /** Opens an office over the shipped governance directory and that of `governance/`; `more` adds files to it, `packs` policies. */
  static async open({ syndic, direct }, more = {}, packs = []) {
    const office = new Office();
    office.syndic = syndic;
    office.direct = direct;
    office.root = await mkdtemp(join(tmpdir(), 'syndic-mcp-'));
    office.dir = join(office.root, 'governance');
    office.admin = join(office.root, 'keys', 'admin.key');
    await mkdir(join(office.root, 'keys'), { mode: 0o700 });
    await run(syndic, ['init', office.dir]);
    await cp(new URL('governance', import.meta.url), office.dir, { recursive: true });
    for (const pack of packs) await run(syndic, ['pack', 'add', pack, '--dir', office.dir]);
    for (const [path, text] of Object.entries(more)) await writeFile(join(office.dir, path), text);
    await office.serve();
    office.lead = await office.key('--role', 'approver', '--approver', 'support-lead-1');
    return office;
  }

  async serve() {
    const args = ['serve', '--dir', this.dir, '--listen', '127.0.0.1:0', '--bootstrap-key-file', this.admin];
    this.daemon = start(this.syndic, args);
    [, this.url] = await said(this.daemon, /listening on (http:\S+)/);
  }

  async key(...args) {
    const keys = ['keys', 'create', ...args, '--dir', this.dir, '--key-file', this.admin];
    return (await run(this.syndic, keys)).output.trim();
  }

  /** The key of an agent, made once. */
  async agentKey(agent) {
    this.keys ??= new Map();
    if (!this.keys.has(agent)) this.keys.set(agent, await this.key('--role', 'agent', '--agent', agent, '--grade', 'in-path'));
    return this.keys.get(agent);
  }

  /** The command that puts syndic before a server over stdio. */
  stdio(agent, [command, ...args], options = []) {
    if (this.direct) return [command, ...args];
    const attach = options.includes('--standalone') ? [] : ['--no-start'];
    return [this.syndic, 'mcp', '--agent', agent, '--dir', this.dir, ...attach, ...options, '--', command, ...args];
  }

  /** Starts syndic before a server over HTTP, and returns where clients reach it. */
  async http(agent, upstream, options = []) {
    if (this.direct) return { url: upstream, headers: {} };
    const port = await freePort();
    const listen = ['--listen', `127.0.0.1:${port}`, '--upstream', upstream];
    const args = ['mcp', '--agent', agent, '--dir', this.dir, '--no-start', ...options, ...listen];
    const child = start(this.syndic, args);
    await listens(port, child);
    return { child, url: `http://127.0.0.1:${port}/mcp`, headers: { authorization: `Bearer ${await this.agentKey(agent)}` } };
  }

  async ask(path, key, options = {}) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(this.url + path, { headers, ...options });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  }

  /** Waits for a request for approval that is pending and not in `seen`. */
  async pending(seen = new Set(), seconds = 20) {
    for (const until = Date.now() + seconds * 1000; Date.now() < until; ) {
      const { body } = await this.ask('/v1/approvals?status=pending', this.lead);
      const found = body.approvals?.find((request) => !seen.has(request.id));
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Failure('nobody was asked');
  }

  async vote(id, vote = 'approve') {
    const body = JSON.stringify({ vote, reason: vote === 'approve' ? undefined : 'not this time' });
    return await this.ask(`/v1/approvals/${id}/votes`, this.lead, { method: 'POST', body });
  }

  /** The events of the audit log, oldest first. */
  async events() {
    const key = (await readFile(this.admin, 'utf8')).trim();
    const { body } = await this.ask('/v1/audit/events?order=oldest&limit=1000', key);
    return body.events;
  }

  async close() {
    if (this.daemon) await end(this.daemon);
    await rm(this.root, { recursive: true, force: true });
  }
}
