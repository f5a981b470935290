// The official TypeScript client, version 2, which asks the server whether it speaks 2026-07-28.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { converse } from './converse.mjs';

await converse((asked, spec) => {
  const capabilities = spec.elicit ? { elicitation: { url: {} } } : {};
  const options = { capabilities, versionNegotiation: { mode: 'auto' } };
  const client = new Client({ name: 'official-v2', version: '1.0.0' }, options);
  if (spec.elicit) client.setRequestHandler('elicitation/create', (request) => asked(request.params));
  const transport = spec.url
    ? new StreamableHTTPClientTransport(new URL(spec.url), { requestInit: { headers: spec.headers ?? {} } })
    : new StdioClientTransport({ command: spec.command, args: spec.args, env: spec.env, stderr: 'inherit' });
  const call = (params, options) => client.callTool(params, options);
  return { client, transport, call, version: () => client.getNegotiatedProtocolVersion() };
});
