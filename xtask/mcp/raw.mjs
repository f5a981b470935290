// A client over stdio that sends exactly the bytes it is given.
import { Failure } from './report.mjs';
import { end, start } from './process.mjs';

export class Raw {
  constructor([program, ...args], options) {
    this.child = start(program, args, options);
    this.lines = [];
    this.waiting = [];
    let rest = '';
    this.child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) this.arrived(line);
    });
  }

  arrived(text) {
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    const line = { text, json };
    const waiting = this.waiting.shift();
    if (waiting) waiting(line);
    else this.lines.push(line);
  }

  /** Sends a message as one line; a string or bytes go as they are. */
  send(message) {
    const raw = typeof message === 'string' || Buffer.isBuffer(message);
    this.child.stdin.write(raw ? message : JSON.stringify(message));
    this.child.stdin.write('\n');
  }

  /** Returns the next line of the server. */
  async line(seconds = 20) {
    if (this.lines.length > 0) return this.lines.shift();
    let timer;
    const arrived = new Promise((resolve) => this.waiting.push(resolve));
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Failure(`no line came\n${this.child.errors}`)), seconds * 1000);
    });
    const ended = this.child.ended.then(() => {
      throw new Failure(`it ended with ${this.child.exitCode ?? this.child.signalCode}\n${this.child.errors}`);
    });
    ended.catch(() => {});
    try {
      return await Promise.race([arrived, late, ended]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Returns the answer to a request, past notifications and other answers. */
  async answer(id, seconds = 20) {
    for (;;) {
      const line = await this.line(seconds);
      if (line.json && line.json.id === id && !line.json.method) return line.json;
    }
  }

  /** Shakes hands in the way of 2025-11-25. */
  async initialize(capabilities = {}) {
    const clientInfo = { name: 'raw', version: '1' };
    this.send({ jsonrpc: '2.0', id: 'init', method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities, clientInfo } });
    const answer = await this.answer('init', 30);
    this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return answer;
  }

  call(id, name, args) {
    this.send({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
  }

  async close() {
    this.child.stdin.end();
    return await end(this.child);
  }
}
