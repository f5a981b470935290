// Another proxy between stdio and stdio, for `cargo xtask bench mcp`: the passthrough server of Civic, as its page says
// to embed it, with no hooks.
import { PassthroughContext } from '@civic/passthrough-mcp-server';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

const [command, ...args] = process.argv.slice(2);
await new PassthroughContext().connect(new StdioServerTransport(), new StdioClientTransport({ command, args }));
