// The official TypeScript client, version 1, which speaks 2025-11-25: runs the calls that its argument names and prints
// what came of them.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { converse } from './converse.mjs';

await converse((asked, spec) => {
  const capabilities = spec.elicit ? { elicitation: { url: {} } } : {};
  const client = new Client({ name: 'official-v1', version: '1.0.0' }, { capabilities });
  if (spec.elicit) client.setRequestHandler(ElicitRequestSchema, (request) => asked(request.params));
  const transport = spec.url
    ? new StreamableHTTPClientTransport(new URL(spec.url), { requestInit: { headers: spec.headers ?? {} } })
    : new StdioClientTransport({ command: spec.command, args: spec.args, env: spec.env, stderr: 'inherit' });
  const call = (params, options) => client.callTool(params, undefined, options);
  return { client, transport, call, version: () => transport.protocolVersion ?? client.getNegotiatedProtocolVersion?.() };
});
