// The official clients: each completes a call, a refusal and an approved hold, over both transports and in both eras.
import { join } from 'node:path';
import { expect } from './report.mjs';
import { end, run } from './process.mjs';
import { Office } from './office.mjs';
import { everything, everythingOverHttp, fixture, here, time } from './servers.mjs';

/** Runs a conversation with a client, and returns what it told. */
export async function converse(client, python, spec) {
  const [program, file] = client === 'python' ? [python, 'client.py'] : [process.execPath, `client-${client}.mjs`];
  const { output } = await run(program, [join(here, file), JSON.stringify(spec)], { seconds: 80 });
  return JSON.parse(output.trim().split('\n').at(-1));
}

export const CLIENTS = ['v1', 'v2', 'python'];

/** What a client says to a server of the former era, and to one of both. */
const EVERYTHING = {
  allowed: { name: 'echo', args: { message: 'hello' } },
  said: /^Echo: hello$/,
  refused: { name: 'get-env', args: {} },
  held: (unique) => ({ name: 'get-sum', args: { a: 1000 + unique, b: 1 } }),
  then: (unique) => new RegExp(`The sum of ${1000 + unique} and 1 is ${1001 + unique}`),
};
const TIME = {
  allowed: { name: 'get_current_time', args: { timezone: 'UTC' } },
  said: /"timezone": "UTC"/,
  refused: { name: 'set_clock', args: {} },
  held: (unique) => ({ name: 'convert_time', args: { source_timezone: 'UTC', time: `10:${10 + unique}`, target_timezone: 'Asia/Tokyo' } }),
  then: () => /Asia\/Tokyo/,
};
const FIXTURE = {
  allowed: { name: 'test_error_handling', args: {} },
  said: /intentionally|Error/,
  refused: { name: 'test_image_content', args: {} },
  held: (unique) => ({ name: 'test_simple_text', args: { unique } }),
  then: () => /simple text response/,
};

export async function clients(report, options) {
  const office = await Office.open(options);
  const running = [];
  const servers = [
    ['everything over stdio', EVERYTHING, '2025-11-25', () => command(office.stdio('mcp-tester', everything))],
  ];
  if (!options.smoke) {
    running.push(await everythingOverHttp(), await fixture(options.python));
    servers.push(
      ['everything over HTTP', EVERYTHING, '2025-11-25', http(office, 'mcp-tester', running[0])],
      ['time over stdio', TIME, '2026-07-28', () => command(office.stdio('mcp-tester', time(options.python)))],
      ['fixture over HTTP', FIXTURE, '2026-07-28', http(office, 'mcp-tester', running[1])],
    );
  }
  let unique = 0;
  try {
    for (const client of options.smoke ? ['v1'] : CLIENTS) {
      for (const [server, words, era, connect] of servers) {
        for (const elicit of [false, true]) {
          const version = client === 'v1' ? '2025-11-25' : era;
          const title = `${client}, ${server}${elicit ? ', opening pages' : ''}: a call, a refusal, an approved hold`;
          unique += 1;
          const number = unique;
          await report.case('clients', title, async () => {
            const spec = { ...(await connect()), elicit, calls: [words.allowed, words.refused, words.held(number)] };
            return await three(office, converse(client, options.python, spec), words, number, version);
          });
        }
      }
    }
    if (options.smoke) return;
    await report.case('clients', 'python: a rejected hold is told with its reason', () => rejected(office, options));
  } finally {
    await Promise.all([...running.map(({ child }) => end(child)), office.close()]);
  }
}

export function command([program, ...args]) {
  return { command: program, args };
}

/** Connects to a server through syndic, which is started when it is first needed. */
export function http(office, agent, { url }) {
  let through;
  return async () => {
    through ??= office.http(agent, url);
    return { url: (await through).url, headers: (await through).headers };
  };
}

async function three(office, conversation, words, unique, version) {
  conversation.catch(() => {});
  const request = await Promise.race([office.pending(), conversation.then(() => null)]);
  if (request) {
    const { status, body } = await office.vote(request.id);
    expect(status === 201, () => `the vote was answered ${status}: ${JSON.stringify(body)}`);
  }
  const told = await conversation;
  const [allowed, refused, held] = told.calls;
  const said = JSON.stringify(told, null, 1);
  expect(words.said.test(allowed.text ?? ''), () => `the call was not answered by the server\n${said}`);
  expect(refused.isError === true && refused.decision?.effect === 'deny', () => `it was not refused\n${said}`);
  expect(request, () => `nobody was asked\n${said}`);
  expect(!held.isError && words.then(unique).test(held.text ?? ''), () => `the hold did not end in the result\n${said}`);
  expect(told.version === undefined || told.version === version, () => `${told.version} was spoken, not ${version}`);
  expect(!told.tools.includes(words.refused.name), () => `the tool that is never allowed is listed\n${said}`);
  return [told.version, told.elicited.length > 0 && 'by page', held.progress.length > 0 && 'with progress'].filter(Boolean).join(', ');
}

async function rejected(office, { python }) {
  const spec = { ...command(office.stdio('mcp-tester', everything)), calls: [EVERYTHING.held(999)] };
  const conversation = converse('python', python, spec);
  conversation.catch(() => {});
  const request = await Promise.race([office.pending(), conversation.then(() => null)]);
  expect(request, 'nobody was asked');
  await office.vote(request.id, 'reject');
  const [held] = (await conversation).calls;
  expect(held.isError && held.decision?.effect === 'deny', () => JSON.stringify(held));
  return held.text;
}
