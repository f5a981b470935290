// `cargo xtask test --mcp`: real servers, real clients and the conformance suite, with syndic between them.
import { parseArgs } from 'node:util';
import { badInput } from './bad-input.mjs';
import { clients } from './clients.mjs';
import { conformance } from './conformance.mjs';
import { eras } from './eras.mjs';
import { inspector } from './inspector.mjs';
import { endAll } from './process.mjs';
import { Report } from './report.mjs';

const SECTIONS = { clients, eras, inspector, 'bad-input': badInput, conformance };

const { values: options } = parseArgs({
  options: {
    syndic: { type: 'string' },
    python: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    // Only cases with this in their name.
    match: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    // Only what a bounded time allows: one client, one server.
    smoke: { type: 'boolean', default: false },
    // Leaves syndic out, to see what the servers and clients do by themselves.
    direct: { type: 'boolean', default: false },
  },
});

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => endAll().then(() => process.exit(130)));

const report = new Report(options);
try {
  for (const [name, section] of Object.entries(SECTIONS)) {
    if (options.smoke ? name === 'clients' : report.wants(name)) await report.section(name, () => section(report, options));
  }
} finally {
  await endAll();
}
process.exitCode = report.close() ? 0 : 1;
