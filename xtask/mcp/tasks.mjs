// A server of 2026-07-28 with the tasks extension over HTTP, with the tools that the conformance suite asks for:
// `node tasks.mjs PORT`. No official package has such a server yet.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const TASKS = 'io.modelcontextprotocol/tasks';
const META = 'io.modelcontextprotocol/';
const REVISION = '2026-07-28';
const MISSING = { requiredCapabilities: { extensions: { [TASKS]: {} } } };

class Refusal extends Error {
  constructor(code, message, data, status = 200) {
    super(message);
    Object.assign(this, { code, data, status });
  }
}

const text = (words, isError = false) => ({ resultType: 'complete', content: [{ type: 'text', text: words }], isError });
const ask = (message, field) => ({
  method: 'elicitation/create',
  params: { mode: 'form', message, requestedSchema: { type: 'object', properties: { [field]: { type: 'string' } } } },
});

/** Tools by name: what they do with their arguments and with what the request can do. */
const TOOLS = {
  greet: ({ name }) => text(`Hello, ${name}!`),
  slow_compute: ({ seconds, label }, can) => (can ? work(seconds * 1000, text(`computed ${label}`)) : text(`computed ${label}`)),
  failing_job: (_, can) => (needs(can), work(300, text('the job failed', true))),
  protocol_error_job: (_, can) => (needs(can), work(300, undefined, { code: -32603, message: 'the job broke' })),
  confirm_delete: (_, can) => (needs(can), parked({ confirm: ask('Delete it?', 'confirm') })),
  multi_input: (_, can) => (needs(can), parked({ first: ask('First?', 'name'), second: ask('Second?', 'name') })),
  test_tool_with_task: (_, can, answers) => {
    const name = answers?.user_name?.content?.name;
    if (!name) return { resultType: 'input_required', inputRequests: { user_name: ask('What is your name?', 'name') } };
    needs(can);
    return work(300, text(`Hello, ${name}!`));
  },
};

function needs(can) {
  if (!can) throw new Refusal(-32021, 'the client has not declared the tasks extension', MISSING, 400);
}

const tasks = new Map();

function create(status, more = {}) {
  const now = new Date().toISOString();
  const task = { taskId: randomUUID(), status, createdAt: now, lastUpdatedAt: now, ttlMs: 600_000, pollIntervalMs: 100, ...more };
  tasks.set(task.taskId, task);
  return task;
}

const envelope = ({ result, error, inputRequests, timer, ...task }) => ({ resultType: 'task', ...task });

function settle(task, status, more = {}) {
  clearTimeout(task.timer);
  delete task.timer;
  Object.assign(task, { status, lastUpdatedAt: new Date().toISOString() }, more);
}

function work(milliseconds, result, error) {
  const task = create('working');
  const end = () => settle(task, error ? 'failed' : 'completed', error ? { error } : { result });
  task.timer = setTimeout(end, milliseconds);
  task.timer.unref();
  return envelope(task);
}

function parked(inputRequests) {
  return envelope(create('input_required', { inputRequests }));
}

const ended = (task) => ['completed', 'failed', 'cancelled'].includes(task.status);

/** Methods of the extension: what they do with the task that the request names. */
const OF_TASKS = {
  'tasks/get': (task) => {
    const { timer, ...told } = task;
    return { resultType: 'complete', ...told };
  },
  'tasks/update': (task, { inputResponses }) => {
    for (const key of Object.keys(inputResponses ?? {})) delete task.inputRequests?.[key];
    if (task.status === 'input_required' && Object.keys(task.inputRequests).length === 0) {
      delete task.inputRequests;
      settle(task, 'completed', { result: text('answered') });
    }
    return { resultType: 'complete' };
  },
  'tasks/cancel': (task) => {
    if (!ended(task)) settle(task, 'cancelled');
    return { resultType: 'complete' };
  },
};

function handle({ method, params = {} }, headers) {
  const meta = params._meta ?? {};
  const revision = meta[`${META}protocolVersion`];
  if (revision !== undefined && headers['mcp-protocol-version'] !== revision) {
    throw new Refusal(-32020, 'the header contradicts the revision of the body', undefined, 400);
  }
  if (revision !== REVISION) {
    throw new Refusal(-32022, 'another revision', { supported: [REVISION] }, 400);
  }
  const named = params.name ?? params.taskId ?? params.uri;
  const contradicts = (header, value) => value !== undefined && headers[header] !== value;
  if (contradicts('mcp-method', method) || contradicts('mcp-name', named)) {
    throw new Refusal(-32020, 'the headers contradict the body', undefined, 400);
  }
  const can = meta[`${META}clientCapabilities`]?.extensions?.[TASKS] !== undefined;
  if (method === 'server/discover') {
    const capabilities = { tools: {}, extensions: { [TASKS]: {} } };
    return { resultType: 'complete', supportedVersions: [REVISION], capabilities, ttlMs: 0, cacheScope: 'private' };
  }
  if (method === 'tools/list') {
    const tools = Object.keys(TOOLS).map((name) => ({ name, description: name.replaceAll('_', ' '), inputSchema: { type: 'object' } }));
    return { resultType: 'complete', tools, ttlMs: 0, cacheScope: 'private' };
  }
  if (method === 'tools/call') {
    const tool = TOOLS[params.name];
    if (!tool) throw new Refusal(-32602, `no tool ${params.name}`);
    return tool(params.arguments ?? {}, can, params.inputResponses);
  }
  if (!OF_TASKS[method]) throw new Refusal(-32601, 'Method not found', undefined, 404);
  needs(can);
  const task = tasks.get(params.taskId);
  if (!task) throw new Refusal(-32602, 'no such task');
  return OF_TASKS[method](task, params);
}

createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const json = (status, message) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(message));
  if (request.method !== 'POST') return void response.writeHead(405).end();
  const message = JSON.parse(body);
  if (message.id === undefined) return void response.writeHead(202).end();
  try {
    const result = handle(message, request.headers);
    result._meta = { [`${META}serverInfo`]: { name: 'tasks', version: '1.0.0' } };
    json(200, { jsonrpc: '2.0', id: message.id, result });
  } catch (error) {
    const { code = -32603, data, status = 200 } = error;
    json(status, { jsonrpc: '2.0', id: message.id, error: { code, message: error.message, ...(data && { data }) } });
  }
}).listen(Number(process.argv[2]), '127.0.0.1');
