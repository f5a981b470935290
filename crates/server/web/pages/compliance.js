// Compliance: what will be here, and where the evidence is meanwhile.

import { useData } from '../data.js';
import { count } from '../figure.js';
import { Card, Command } from '../parts/card.js';
import { href } from '../route.js';
import { html } from '../view.js';

/** @type {[string, string][]} */
const COMMANDS = [
  ['Who answers for each agent, its risk and its mode', 'syndic agents list'],
  ['Every action of a time, as a file', 'syndic audit export --format csv --since 2026-11-01T00:00:00Z --out november.csv'],
  ['Records drawn by a seed that the auditor chooses, with proofs', 'syndic audit sample --seed SEED --n 25'],
  ['That no record was changed, left out or put in', 'syndic audit verify'],
  ['How long records are kept', 'syndic status'],
  ['That policies keep every invariant', 'syndic prove'],
];

export function Compliance() {
  const status = useData('/v1/status', { wakes: () => true });
  const search = html`<a href=${href(['actions'])}>searched</a>`;
  return html`<div class="head"><h1>Compliance</h1></div>
    <div class="stack">
      <${Card} id="not-yet" title="There are no results here yet">
        <p>
          This page will hold each agent's record under the EU AI Act (articles 9 to 15), its seven checks with gaps, and
          the checklist before an agent is deployed. Until they are computed from evidence, it shows no score: a number
          that nothing stands behind would be worse than none.
        </p>
      </${Card}>
      <${Card} id="meanwhile" title="The evidence is there already">
        <p>
          ${status.data ? html`The ledger has ${count(status.data.records)} records, and every action in it can be ${search}.` : 'The ledger has a record of every action.'}
          ${' '}Each can be proved to somebody who does not trust this server.
        </p>
        <dl class="commands">
          ${COMMANDS.map(([told, command]) => html`<div><dt>${told}</dt><dd><${Command} of=${command} /></dd></div>`)}
        </dl>
      </${Card}>
    </div>`;
}
