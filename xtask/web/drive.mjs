// Drives the dashboard and the pages for approvers in a real browser: node drive.mjs SYNDIC SCREENSHOTS [--smoke|--pictures]
// Every page that a scenario shows is photographed, looked through by axe-core, and must fit the screen.

import { approvers } from './approvers.mjs';
import { launch } from './browser.mjs';
import { dashboard, smoke } from './dashboard.mjs';
import { pictures } from './pictures.mjs';
import { start } from './server.mjs';

const [syndic, screenshots, mode, only = ''] = process.argv.slice(2);

if (mode === '--pictures') {
  await pictures(syndic, screenshots);
} else {
  await test(mode === '--smoke' ? [smoke] : [dashboard, approvers]);
}

/** Plays every scenario of each kind, against a server of its own. */
async function test(kinds) {
  let [passed, failed] = [0, 0];
  for (const kind of kinds) {
    const server = await start(syndic, { prepare: kind.prepare });
    const { open, look, found, clear, close } = await launch(server.url, screenshots);
    for (const [name, scenario] of Object.entries(await kind({ server, open, look }))) {
      if (!name.includes(only)) continue;
      const before = found.length;
      try {
        const said = await scenario();
        if (typeof said === 'string') console.log(`        ${said}`);
      } catch (error) {
        found.push(`${name}: ${error.stack ?? error.message}`);
      }
      await clear();
      const wrong = found.slice(before);
      if (wrong.length > 0) failed += 1;
      else passed += 1;
      console.log(`${wrong.length ? 'FAILED' : 'passed'}  ${name}`);
      for (const line of wrong) console.log(`        ${line.replaceAll('\n', '\n        ')}`);
    }
    await close();
    await server.stop();
  }
  console.log(`${passed} passed, ${failed} failed; screenshots in ${screenshots}`);
  process.exitCode = failed ? 1 : 0;
}
