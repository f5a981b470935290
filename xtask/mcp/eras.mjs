// Which revision is spoken is between client and server: syndic changes nothing about it.
import { join } from 'node:path';
import { expect } from './report.mjs';
import { end, run } from './process.mjs';
import { Office } from './office.mjs';
import { command, converse, http } from './clients.mjs';
import { everything, everythingOverHttp, filesystem, fixture, git, memory, time } from './servers.mjs';
import { Raw } from './raw.mjs';

export async function eras(report, options) {
  const office = await Office.open(options);
  const [everythingHttp, fixtureHttp] = [await everythingOverHttp(), await fixture(options.python)];
  const stdio = (server) => () => command(office.stdio('mcp-observer', server));
  const repository = join(office.root, 'repository');
  await run('git', ['init', '--quiet', repository]);
  const servers = [
    ['everything', stdio(everything), '2025-11-25', 13],
    ['filesystem', stdio(filesystem(office.root)), '2025-11-25', 14],
    ['memory', stdio(memory), '2025-11-25', 9],
    ['time', stdio(time(options.python)), '2026-07-28', 2],
    ['git', stdio(git(options.python, repository)), '2026-07-28', 12],
    ['everything over HTTP', http(office, 'mcp-observer', everythingHttp), '2025-11-25', 13],
    ['fixture over HTTP', http(office, 'mcp-observer', fixtureHttp), '2026-07-28', 26],
  ];
  try {
    for (const client of ['v2', 'python']) {
      for (const [server, connect, version, tools] of servers) {
        await report.case('eras', `${client} and ${server} speak ${version}`, async () => {
          const told = await converse(client, options.python, { ...(await connect()), calls: [] });
          expect(told.version === version, `${told.version} was spoken`);
          expect(told.tools.length >= tools, `${told.tools.length} of ${tools} tools are listed`);
          return `${told.tools.length} tools`;
        });
      }
    }
    await report.case('eras', 'what a server answers to a probe is what the client reads', () => probe(office));
  } finally {
    await Promise.all([end(everythingHttp.child), end(fixtureHttp.child), office.close()]);
  }
}

async function probe(office) {
  const asked = { jsonrpc: '2.0', id: 'probe', method: 'server/discover', params: { _meta: {} } };
  const answers = [];
  for (const server of [everything, office.stdio('mcp-observer', everything)]) {
    const raw = new Raw(server);
    raw.send(asked);
    answers.push((await raw.line()).text);
    await raw.close();
  }
  expect(answers[0] === answers[1], () => answers.join('\n'));
  return answers[1];
}
