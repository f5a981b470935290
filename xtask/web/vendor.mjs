// Writes what the dashboard takes from npm into its directory, or checks that what is there is what is pinned:
// node vendor.mjs WEB [--check]
//
// npm has compared every package with the hash in package-lock.json. Modules are taken as they were published, but for
// two things: a bare name they import becomes a path, since no build resolves it, and a link to a source map goes.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [web, check] = process.argv.slice(2);
const MODULES = [
  { file: 'preact.js', package: 'preact', from: 'dist/preact.mjs' },
  { file: 'preact-hooks.js', package: 'preact', from: 'hooks/dist/hooks.mjs' },
  { file: 'htm.js', package: 'htm', from: 'dist/htm.module.js' },
];
const LICENCES = [
  { file: 'preact.LICENSE', package: 'preact', from: 'LICENSE' },
  { file: 'htm.LICENSE', package: 'htm', from: 'LICENSE' },
];
const PATHS = { preact: './preact.js' };

const lock = JSON.parse(readFileSync(new URL('package-lock.json', import.meta.url), 'utf8'));
const place = (name) => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));

function module({ package: name, from }) {
  const text = readFileSync(join(place(name), from), 'utf8');
  const own = text.replace(/\bfrom\s*["']([^."'][^"']*)["']/g, (_, imported) => {
    if (!PATHS[imported]) throw new Error(`${name}/${from} imports ${imported}, which is not vendored`);
    return `from"${PATHS[imported]}"`;
  });
  return `${own.replace(/\n?\/\/# sourceMappingURL=.*\n?$/, '').trimEnd()}\n`;
}

function readme() {
  const rows = MODULES.map(({ file, package: name, from }) => {
    const { version, integrity, license } = lock.packages[`node_modules/${name}`];
    return `| \`${file}\` | ${name} ${version} | \`${from}\` | ${license} | \`${integrity}\` |`;
  });
  return [
    '# From npm',
    '',
    'Written by `cargo xtask vendor` from the versions in `xtask/web/package-lock.json`; edit nothing here.',
    'A bare name that a module imports is made a path, and a link to a source map is left out; all else is as published.',
    '',
    '| file | package | there | licence | hash of the package |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

const wanted = [
  ...MODULES.map((each) => [each.file, module(each)]),
  ...LICENCES.map(({ file, package: name, from }) => [file, readFileSync(join(place(name), from), 'utf8')]),
  ['README.md', readme()],
];
const differing = [];
for (const [file, text] of wanted) {
  const path = join(web, 'vendor', file);
  if (!check) writeFileSync(path, text);
  else if (read(path) !== text) differing.push(file);
}
if (differing.length > 0) {
  console.error(`not what is pinned: ${differing.join(', ')}; write it anew with\n  cargo xtask vendor`);
  process.exitCode = 1;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
