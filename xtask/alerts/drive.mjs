// Has alerts delivered: a real syndic, Prometheus and Alertmanager on loopback, with the files of docs/alerts.md, and
// a webhook that stands here. Everything is a child of this process and is ended by its id.
//
// node drive.mjs SYNDIC PROGRAMS ROOT

import assert from 'node:assert/strict'
import { spawn, execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const [syndic, programs, root] = process.argv.slice(2)
const place = mkdtempSync(join(tmpdir(), 'syndic-alerts-'))
const admin = join(place, 'admin.key')
const children = []

async function main() {
  execFileSync(syndic, ['init', join(place, 'governance')])
  const webhook = await Webhook.open()
  const daemon = await serve('127.0.0.1:0', '--bootstrap-key-file', admin)
  const instance = new URL(daemon.url).host
  const keys = {
    'customer-support': key('--role', 'agent', '--agent', 'customer-support'),
    'financial-advisor': key('--role', 'agent', '--agent', 'financial-advisor'),
  }
  writeFileSync(join(place, 'syndic.key'), key('--role', 'auditor'), { mode: 0o600 })
  const prometheus = await monitor(daemon.url, webhook.url)
  const undeclared = (agent) => call(daemon.url, keys[agent], { agent, action: 'run_code', args: { language: 'sh', source: 'id' } })

  await until('Prometheus reads syndic', async () => (await ask(prometheus, 'up{job="syndic"} == 1')).length > 0)
  await until('the rules are evaluated', async () => (await ask(prometheus, 'job_agent:syndic_agent_info:owner')).length > 0)
  assert.deepEqual(await ask(prometheus, 'ALERTS{job="syndic"}'), [], 'a healthy syndic has no alert')
  told('a healthy syndic is scraped, and nothing fires')

  assert.equal((await undeclared('customer-support')).allowed, false)
  for (const receiver of ['on-call', 'support']) {
    const alert = await webhook.next(receiver, 'firing', { alertname: 'UnauthorizedToolAccess', agent_name: 'customer-support' })
    assert.equal(alert.labels.owner, 'support')
    assert.equal(alert.labels.severity, 'critical')
    assert.equal(alert.annotations.summary, 'Agent attempted unauthorized tool access')
    assert.match(alert.annotations.description, /^customer-support asked 1 times /)
  }
  told('an undeclared tool reaches its owner and who is on call')

  await dashboard(prometheus)

  cli('agents', 'suspend', 'customer-support', '--reason', 'incident', '--key-file', admin)
  const suspended = { alertname: 'AgentSuspended', agent_name: 'customer-support' }
  await webhook.next('support', 'firing', suspended)
  cli('agents', 'resume', 'customer-support', '--reason', 'over', '--key-file', admin)
  await webhook.next('support', 'resolved', suspended)
  told('a suspension is told, and that it is over')

  await end(daemon.child)
  await webhook.next('on-call', 'firing', { alertname: 'SyndicDown', instance })
  told('a daemon that is gone is told')

  await serve(instance)
  assert.equal((await undeclared('financial-advisor')).allowed, false)
  await webhook.next('on-call', 'firing', { alertname: 'UnauthorizedToolAccess', agent_name: 'financial-advisor' })
  await webhook.next('on-call', 'resolved', { alertname: 'SyndicDown', instance })
  told('an undeclared tool is told that was asked for between a start and the first scrape')
  webhook.close()
}

/** Starts a daemon over the shipped directory, and waits until it listens. */
async function serve(listen, ...more) {
  const child = start(syndic, ['serve', '--dir', join(place, 'governance'), '--listen', listen, ...more], 'pipe')
  for await (const line of createInterface(child.stdout)) {
    const url = line.match(/^listening on (.+)$/)?.[1]
    if (url) return { child, url }
  }
  throw new Error('the daemon ended')
}

function key(...role) {
  return cli('keys', 'create', ...role, '--key-file', admin).trim()
}

/** Starts Alertmanager and Prometheus with the files of the documentation, faster and on other ports. */
async function monitor(syndicUrl, webhookUrl) {
  const [manager, prometheus] = [await freePort(), await freePort()]
  const page = readFileSync(join(root, 'docs/alerts.md'), 'utf8')
  const block = (name) => page.match(new RegExp('```yaml\\n# ' + name + '\\n([^`]+)```'))[1]
  write('prometheus.yaml', block('prometheus.yaml'), [
    [/scrape_interval: \w+/, 'scrape_interval: 1s'],
    [/evaluation_interval: \w+/, 'evaluation_interval: 1s'],
    ['scheme: https', 'scheme: http'],
    ['syndic.example.org', new URL(syndicUrl).host],
    ['127.0.0.1:9093', `127.0.0.1:${manager}`],
  ])
  write('alertmanager.yaml', block('alertmanager.yaml'), [
    [/group_wait: \w+/, 'group_wait: 0s'],
    [/group_interval: \w+/, 'group_interval: 1s'],
    [/http:\/\/127.0.0.1:8080/g, webhookUrl],
  ])
  write('ai-governance.yaml', cli('alerts', 'print'), [[/for: \w+/g, 'for: 1s']])
  startAlertmanager([
    `--config.file=${join(place, 'alertmanager.yaml')}`, `--storage.path=${join(place, 'manager')}`,
    `--web.listen-address=127.0.0.1:${manager}`, '--cluster.listen-address=',
  ])
  start(join(programs, 'prometheus'), [
    `--config.file=${join(place, 'prometheus.yaml')}`, `--storage.tsdb.path=${join(place, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${prometheus}`,
  ])
  return `http://127.0.0.1:${prometheus}`
}

/** Debian's Alertmanager reads its templates from /usr/share: where it is not installed, it is shown one of its own. */
function startAlertmanager(args) {
  const program = join(programs, 'prometheus-alertmanager')
  if (existsSync('/usr/share/prometheus/alertmanager/default.tmpl')) return start(program, args)
  const shared = join(programs, '../share/prometheus')
  const show = 'mount -t tmpfs none /usr/share && mkdir /usr/share/prometheus && mount --bind "$0" /usr/share/prometheus && exec "$@"'
  return start('unshare', ['--map-root-user', '--mount', 'sh', '-c', show, shared, program, ...args])
}

/** Asks every expression of the dashboard, and that those that say how governance is have an answer. */
async function dashboard(prometheus) {
  const { panels } = JSON.parse(cli('grafana', 'print'))
  let row = ''
  let asked = 0
  const silent = []
  for (const panel of panels) {
    if (panel.type === 'row') row = panel.title
    for (const { expr } of panel.targets ?? []) {
      const plain = expr.replaceAll(/\$__\w+/g, '1m').replaceAll('$job', 'syndic').replaceAll('$agent', '.*')
      const found = await ask(prometheus, plain)
      asked += 1
      if (found.length === 0 && row === 'Governance') silent.push(panel.title)
    }
  }
  assert.deepEqual(silent, [], 'panels about governance that have no data')
  told(`${asked} queries of the dashboard are answered`)
}

class Webhook {
  alerts = []
  waiting = []

  static async open() {
    const webhook = new Webhook()
    webhook.server = createServer((request, response) => {
      let text = ''
      request.on('data', (part) => (text += part))
      request.on('end', () => {
        const receiver = request.url.slice(1)
        for (const alert of JSON.parse(text).alerts) webhook.alerts.push({ receiver, ...alert })
        for (const wake of webhook.waiting.splice(0)) wake()
        response.end()
      })
    })
    await new Promise((listening) => webhook.server.listen(0, '127.0.0.1', listening))
    webhook.url = `http://127.0.0.1:${webhook.server.address().port}`
    return webhook
  }

  /** Waits for an alert to be told to a receiver. */
  async next(receiver, status, labels) {
    const deadline = Date.now() + 60_000
    const fits = (alert) => alert.receiver === receiver && alert.status === status
      && Object.entries(labels).every(([name, value]) => alert.labels[name] === value)
    for (;;) {
      const found = this.alerts.find(fits)
      if (found) return found
      assert(Date.now() < deadline, `${receiver} was not told of ${status} ${JSON.stringify(labels)}, but ${JSON.stringify(this.alerts)}`)
      await Promise.race([new Promise((wake) => this.waiting.push(wake)), pause(1000)])
    }
  }

  close() {
    this.server.close()
    this.server.closeAllConnections()
  }
}

async function call(url, key, action) {
  const response = await fetch(`${url}/v1/actions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(action),
  })
  return await response.json()
}

async function ask(prometheus, query) {
  const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`)
  const answer = await response.json()
  assert.equal(answer.status, 'success', `${query}: ${answer.error}`)
  return answer.data.result
}

async function until(what, holds) {
  const deadline = Date.now() + 60_000
  while (!(await holds().catch(() => false))) {
    assert(Date.now() < deadline, `${what}: it does not, after a minute`)
    await pause(200)
  }
}

function write(name, text, replacements) {
  for (const [from, to] of replacements) {
    assert(text.search(from) >= 0, `${name} has no ${from}`)
    text = text.replace(from, to)
  }
  writeFileSync(join(place, name), text)
}

function cli(...args) {
  return execFileSync(syndic, [...args, '--dir', join(place, 'governance')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Starts a program whose errors are kept, to be told where this fails. */
function start(program, args, stdout = 'ignore') {
  const child = spawn(program, args, { cwd: place, stdio: ['ignore', stdout, 'pipe'] })
  const errors = []
  createInterface(child.stderr).on('line', (line) => errors.push(line))
  child.on('exit', (code) => {
    if (code) console.error(errors.slice(-20).join('\n'))
  })
  children.push(child)
  return child
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.on('exit', done))
  child.kill('SIGTERM')
  await ended
}

async function freePort() {
  const server = createServer()
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address()
  await new Promise((closed) => server.close(closed))
  return port
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms))
}

function told(what) {
  console.error(`   ${what}`)
}

try {
  await main()
} finally {
  for (const child of children) await end(child)
  rmSync(place, { recursive: true, force: true })
}
