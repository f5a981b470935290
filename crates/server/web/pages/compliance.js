// Compliance: what will be here, and where the evidence is meanwhile.

import { useData } from '../data.js';
import { count } from '../figure.js';
import { href } from '../route.js';
import { html } from '../view.js';

const COMMANDS = [
  ['Who answers for each agent, its risk and its mode', 'syndic agents list'],
  ['Every action of a time, as a file', 'syndic audit export --format csv --since 2026-11-01T00:00:00Z --out november.csv'],
  ['Records drawn by a seed that the auditor chooses, with proofs', 'syndic audit sample --seed SEED --n 25'],
  ['That no record was changed, left out or put in', 'syndic audit verify'],
  ['How long records are kept, and what is held back', 'syndic doctor'],
  ['That policies keep every invariant', 'syndic prove'],
];

export function Compliance() {
  const status = useData('/v1/status', { wakes: () => true });
  return html`<div class="head"><h1>Compliance</h1></div>
    <div class="stack">
      <section class="card stack" aria-labelledby="not-yet"><h2 id="not-yet">There are no results here yet</h2>
        <p>This page will hold each agent's record under the EU AI Act (articles 9 to 15), its seven checks with gaps, and the checklist before an agent is deployed. Until they are computed from evidence, it shows no score: a number that nothing stands behind would be worse than none.</p></section>
      <section class="card stack" aria-labelledby="meanwhile"><h2 id="meanwhile">The evidence is there already</h2>
        <p>${status.data ? html`The ledger has ${count(status.data.records)} records, and every action in it can be <a href=${href(['actions'])}>searched</a>.` : 'The ledger has a record of every action.'} Each can be proved to somebody who does not trust this server.</p>
        <dl class="commands">${COMMANDS.map(([told, command]) => html`<div><dt>${told}</dt><dd><pre class="command" tabindex="0" aria-label="command"><code>${command}</code></pre></dd></div>`)}</dl></section>
    </div>`;
}
