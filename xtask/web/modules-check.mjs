// Checks the dashboard's modules: node modules-check.mjs WEB
// Their types, which stand in comments, on a copy beside which stand the types that the vendored libraries publish; and
// that the first page names each module that it begins with, so that a browser asks for all at once.

import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const [web] = process.argv.slice(2);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const LIBRARIES = {
  preact: "export * from 'preact';",
  'preact-hooks': "export * from 'preact/hooks';",
  htm: "export { default } from 'htm';",
};

const wrong = [...types(), ...preloads()];
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exitCode = 1;
}

function types() {
  rmSync(here('dashboard'), { recursive: true, force: true });
  cpSync(web, here('dashboard'), { recursive: true });
  for (const [name, text] of Object.entries(LIBRARIES)) writeFileSync(here(`dashboard/vendor/${name}.d.ts`), `${text}\n`);
  const compiler = here('node_modules/typescript/lib/tsc.js');
  const checked = spawnSync(process.execPath, [compiler, '--project', here('tsconfig.json')], { encoding: 'utf8' });
  return checked.status === 0 ? [] : [(checked.stdout + checked.stderr).replaceAll(/^.*?dashboard\//gm, '').trim()];
}

function preloads() {
  const page = readFileSync(join(web, 'index.html'), 'utf8');
  const named = new Set([...page.matchAll(/"web\/([^"]+\.js)"/g)].map(([, file]) => file));
  const needed = new Set();
  follow('app.js', needed);
  const missing = [...needed].filter((file) => !named.has(file));
  const idle = [...named].filter((file) => !needed.has(file));
  return [
    ...missing.map((file) => `index.html does not name ${file}; add: <link rel="modulepreload" href="web/${file}">`),
    ...idle.map((file) => `index.html names ${file}, which the first page does not begin with; take it out`),
  ];
}

/** Adds a module, and what it imports before it runs. */
function follow(file, found) {
  if (found.has(file)) return;
  found.add(file);
  const text = readFileSync(join(web, file), 'utf8');
  for (const [, imported] of text.matchAll(/\bfrom\s*["'](\.[^"']+)["']/g)) follow(posix.join(posix.dirname(file), imported), found);
}
