// The real servers: commands for those over stdio, and running ones over HTTP.
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { freePort, listens, start } from './process.mjs';

export const here = dirname(fileURLToPath(import.meta.url));

/** The path of a file of an installed package. */
export function packaged(name, file) {
  return join(here, 'node_modules', name, file);
}

const reference = (name) => packaged(`@modelcontextprotocol/server-${name}`, 'dist/index.js');

export const everything = [process.execPath, reference('everything'), 'stdio'];
export const filesystem = (...directories) => [process.execPath, reference('filesystem'), ...directories];
export const memory = [process.execPath, reference('memory')];
export const time = (python) => [python, '-m', 'mcp_server_time', '--local-timezone', 'UTC'];
export const git = (python, repository) => [python, '-m', 'mcp_server_git', '--repository', repository];

/** Starts server-everything over HTTP. */
export async function everythingOverHttp() {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port) };
  const child = start(process.execPath, [reference('everything'), 'streamableHttp'], { env });
  await listens(port, child);
  return { child, url: `http://127.0.0.1:${port}/mcp` };
}

/** Starts the server that the conformance suite asks for. */
export async function fixture(python) {
  const port = await freePort();
  const child = start(python, [join(here, 'fixture.py'), String(port)]);
  await listens(port, child);
  return { child, url: `http://127.0.0.1:${port}/mcp` };
}

/** Starts the server with the tasks extension that the suite asks for. */
export async function tasks() {
  const port = await freePort();
  const child = start(process.execPath, [join(here, 'tasks.mjs'), String(port)]);
  await listens(port, child);
  return { child, url: `http://127.0.0.1:${port}/mcp` };
}
