// Checks the dashboard's modules: node modules-check.mjs WEB
// Their types, which stand in comments, on a copy beside which stand the types that the vendored libraries publish; and
// that the first page names each of them, so that a browser asks for all at once and not for one after another.

import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [web] = process.argv.slice(2);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const LIBRARIES = { preact: "export * from 'preact';", 'preact-hooks': "export * from 'preact/hooks';", htm: "export { default } from 'htm';" };

rmSync(here('dashboard'), { recursive: true, force: true });
cpSync(web, here('dashboard'), { recursive: true });
for (const [name, types] of Object.entries(LIBRARIES)) writeFileSync(here(`dashboard/vendor/${name}.d.ts`), `${types}\n`);
const checked = spawnSync(process.execPath, [here('node_modules/typescript/lib/tsc.js'), '--project', here('tsconfig.json')], { encoding: 'utf8' });
const text = checked.stdout.replaceAll(/^.*?dashboard\//gm, '');
if (checked.status !== 0) {
  console.error(text.trim());
  process.exitCode = 1;
}

const page = readFileSync(join(web, 'index.html'), 'utf8');
const modules = readdirSync(web, { recursive: true }).filter((file) => file.endsWith('.js'));
for (const module of modules) {
  if (page.includes(`/${module}"`)) continue;
  console.error(`index.html does not name ${module}; add it: <link rel="modulepreload" href="web/${module}">`);
  process.exitCode = 1;
}
