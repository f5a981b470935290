// The official conformance suite, directly and through syndic: both reports must be the same.
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from './report.mjs';
import { end, run } from './process.mjs';
import { Office } from './office.mjs';
import { converse } from './clients.mjs';
import { everythingOverHttp, fixture, packaged, tasks } from './servers.mjs';

const suite = (name) => packaged(name, 'dist/index.js');
const CURRENT = suite('conformance-next');
const FORMER = suite('@modelcontextprotocol/conformance');

/** What is run: a name, the program, and what selects its scenarios. */
const RUNS = [
  ['2026-07-28', CURRENT, ['--requirements', '2026-07-28']],
  ['2025-11-25', CURRENT, ['--requirements', '2025-11-25']],
  ['2025-06-18', CURRENT, ['--suite', 'all', '--spec-version', '2025-06-18']],
  ['2025-03-26', CURRENT, ['--suite', 'all', '--spec-version', '2025-03-26']],
  ['suite 0.1, all it has', FORMER, ['--suite', 'all']],
];

/** What else the agent does, as syndic names it. */
const METHODS = [
  'mcp.resources.read',
  'mcp.resources.subscribe',
  'mcp.prompts.get',
  'mcp.completion.complete',
  'mcp.sampling.create_message',
  'mcp.elicitation.create',
  'mcp.roots.list',
  // The suite asks for methods that no server has.
  'mcp.unknown.method',
];

export async function conformance(report, options) {
  const servers = { fixture: await fixture(options.python), everything: await everythingOverHttp(), tasks: await tasks() };
  const office = await Office.open(options, await allowed(servers, options));
  try {
    for (const [server, { url }] of Object.entries(servers)) {
      for (const agent of ['mcp-observer', 'mcp-conformer']) {
        // The others lack most tools of the suite: that syndic refuses them too would be all there is to see.
        if (server !== 'fixture' && agent === 'mcp-conformer') continue;
        let through;
        for (const [name, program, select] of RUNS) {
          // Each is asked in the revisions that it speaks.
          if (server !== 'fixture' && (name === '2026-07-28') !== (server === 'tasks')) continue;
          const title = `${name}, ${server}, ${agent === 'mcp-observer' ? 'observed' : 'enforced'}`;
          const direct = directly(`${server} ${name}`, program, select, url);
          await report.case('conformance', title, async () => {
            through ??= await office.http(agent, url, ['--server', server]);
            return compare(await direct(), await results(program, select, through), agent === 'mcp-conformer');
          }, 240);
        }
      }
    }
  } finally {
    await Promise.all([...Object.values(servers).map(({ child }) => end(child)), office.close()]);
  }
}

/** Files that let the agent `mcp-conformer` do, and nobody stop, all that the suite does. */
async function allowed(servers, { python }) {
  const tools = new Set(['test_dynamic_tool', 'nonexistent_tool']);
  for (const [server, { url }] of Object.entries(servers)) {
    const told = await converse(server === 'everything' ? 'v1' : 'python', python, { url, calls: [] });
    for (const tool of told.tools) tools.add(`${server}.${tool}`);
  }
  const entry = (name) => `  ${name}: { description: What the suite does., capabilities: [read], tools: [${name.split('.').at(-1)}], input: { type: object } }\n`;
  const shipped = new URL('governance/agents/mcp-observer.yaml', import.meta.url);
  const profile = (await readFile(shipped, 'utf8')).replace('mode: observe', 'mode: enforce');
  const all = [...tools, ...METHODS];
  const declared = all.map((name) => `  - ${name}\n`).join('');
  return {
    'actions/conformance.yaml': `actions:\n${all.map(entry).join('')}`,
    'agents/mcp-conformer.yaml': profile.replace('actions:\n  - echo\n', `actions:\n${declared}`),
  };
}

const known = new Map();

/**
 * Runs the suite twice without syndic, once for every server and selection. What differs between the two is the
 * server's own unrest: identifiers, times, sealed states.
 */
function directly(name, program, select, url) {
  return async () => {
    if (!known.has(name)) {
      known.set(name, [await results(program, select, { url }), await results(program, select, { url })]);
    }
    return known.get(name);
  };
}

/**
 * Compares every check, and all that is told about it, but for what differs between the direct runs. What syndic must
 * refuse by itself it refuses in its own words: a host of elsewhere, and headers that contradict the body.
 */
function compare([direct, again], proxied, enforced) {
  expect(direct.size > 0, 'the suite ran no scenario');
  const differences = [];
  const better = [];
  for (const scenario of new Set([...direct.keys(), ...proxied.keys()])) {
    const runs = [direct, again, proxied].map((run) => run.get(scenario));
    if (OWN.has(scenario)) {
      if (failed(runs[0]) && !failed(runs[2])) {
        better.push(scenario);
        continue;
      }
      for (const [index, checks] of runs.entries()) runs[index] = checks?.map(({ details, ...check }) => check);
    }
    const [one, two, other] = runs.map((run) => leaves(run));
    for (const path of new Set([...one.keys(), ...other.keys()])) {
      if (one.get(path) !== two.get(path) || one.get(path) === other.get(path)) continue;
      if (isOwnWords(path, one, other) || (enforced && isRefusal(path, one, other))) continue;
      differences.push(`${scenario}${path}\n  directly: ${short(one.get(path))}\n  through:  ${short(other.get(path))}`);
    }
  }
  expect(differences.length === 0, () => `${differences.length} differences\n${differences.slice(0, 40).join('\n')}`);
  const checks = [...direct.values()].flat();
  const count = (status) => checks.filter((check) => check.status === status).length;
  const figures = `${count('SUCCESS')} pass, ${count('FAILURE')} fail, ${count('WARNING')} warn`;
  return `${direct.size} scenarios, ${checks.length} checks, the same: ${figures}${better.map((scenario) => `; ${scenario} passes, which the server alone fails`).join('')}`;
}

/** What syndic answers itself, before the server sees it: it may do so better than the server, and not worse. */
const OWN = new Set(['dns-rebinding-protection', 'session-lifecycle', 'server-session-lifecycle']);
const failed = (checks) => (checks ?? []).some(({ status }) => status === 'FAILURE');

/** Whether a check fails either way, and is told about a tool that the server does not have and syndic refuses. */
function isRefusal(path, one, other) {
  const status = path.replace(/errorMessage$/, 'status');
  return status !== path && one.get(status) === '"FAILURE"' && other.get(status) === '"FAILURE"';
}

/** Whether only the text of a refusal differs whose code is the same: that of headers which contradict the body. */
function isOwnWords(path, one, other) {
  const code = path.replace(/error\/message$/, 'error/code');
  return code !== path && one.get(code) === '-32020' && other.get(code) === '-32020';
}

function short(value) {
  return value === undefined ? 'absent' : value.slice(0, 300);
}

/** Every value of a tree by its path. */
function leaves(tree, path = '', found = new Map()) {
  if (tree !== null && typeof tree === 'object' && Object.keys(tree).length > 0) {
    for (const [key, value] of Object.entries(tree)) leaves(value, `${path}/${key}`, found);
  } else {
    found.set(path, JSON.stringify(tree) ?? 'undefined');
  }
  return found;
}

/** Runs the suite, and returns what each scenario checked. */
async function results(program, select, { url, headers }) {
  const directory = await mkdtemp(join(tmpdir(), 'syndic-conformance-'));
  const env = { ...process.env, MCP_TEST_KEY: headers?.authorization?.replace('Bearer ', '') ?? '' };
  const args = ['--import', new URL('bearer.mjs', import.meta.url).href, program, 'server', '--url', url, ...select];
  try {
    // Failing checks are told by the exit code too, and are compared like all others.
    await run(process.execPath, [...args, '--output-dir', directory], { env, mayFail: true, cwd: directory });
    const found = new Map();
    for (const name of (await readdir(directory)).sort()) {
      const scenario = name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
      const text = await readFile(join(directory, name, 'checks.json'), 'utf8').catch(() => '[]');
      found.set(scenario, JSON.parse(volatile(text, url)).map(steady));
    }
    return found;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Keeps of a check what both runs must agree on; of headers, those that the protocol names. */
function steady({ id, name, status, errorMessage = null, details = null }) {
  if (details?.headers) {
    const named = Object.entries(details.headers).filter(([header]) => /^(content-type|mcp-.*)$/i.test(header));
    details.headers = Object.fromEntries(named);
  }
  return { id, name, status, errorMessage, details };
}

function volatile(text, url) {
  const { origin, host } = new URL(url);
  return text.replaceAll(origin, 'ORIGIN').replaceAll(host, 'HOST');
}
