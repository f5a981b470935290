// Programs under test: started, waited for, and ended one by one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { Failure } from './report.mjs';

const running = new Set();

/** Starts a program; what it writes to standard error is kept for when it fails. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  child.errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    child.errors = (child.errors + text).slice(-8000);
  });
  child.on('error', (error) => {
    child.errors += String(error);
  });
  child.stdin.on('error', () => {});
  running.add(child);
  child.ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  }, () => ({ code: null, signal: null }));
  return child;
}

/** Runs a program to its end and returns what it wrote, or throws with what it wrote to standard error. */
export async function run(command, args, options = {}) {
  const child = start(command, args, options);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), (options.seconds ?? 120) * 1000);
  const { code, signal } = await child.ended;
  clearTimeout(timer);
  if (code !== 0 && !options.mayFail) {
    throw new Failure(`${command} ${args.join(' ').slice(0, 300)}\nended with ${code ?? signal}\n${child.errors}${output.slice(-2000)}`);
  }
  return { output, errors: child.errors, code, signal };
}

/** Waits until a line of the program's standard output or error matches, and returns the match. */
export async function said(child, pattern, seconds = 30) {
  let seen = '';
  const found = new Promise((resolve) => {
    const look = (text) => {
      seen += text;
      const match = pattern.exec(seen);
      if (match) resolve(match);
    };
    child.stdout.setEncoding('utf8').on('data', look);
    child.stderr.on('data', look);
  });
  return await within(seconds, found, () => `${pattern} was not said:\n${seen}`, child);
}

/** Waits until something listens on the port. */
export async function listens(port, child, seconds = 30) {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const open = await new Promise((resolve) => {
      const socket = createConnection(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      }).on('error', () => resolve(false));
    });
    if (open) return;
    if (child.exitCode !== null || Date.now() > until) throw new Failure(`nothing listens on ${port}:\n${child.errors}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Returns a port that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function within(seconds, promise, message, child) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failure(message())), seconds * 1000);
  });
  const ended = child.ended.then(({ code }) => {
    throw new Failure(`it ended with ${code}\n${message()}`);
  });
  ended.catch(() => {});
  try {
    return await Promise.race([promise, late, ended]);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a program, and waits for its end. */
export async function end(child) {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  const ended = await child.ended;
  clearTimeout(timer);
  return ended;
}

/** Ends everything that was started and still runs. */
export async function endAll() {
  await Promise.all([...running].map(end));
}
