// Policies: what each one did in the last 24 hours, whether it is tested, and which revision is in force.

import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { Pager } from '../parts/pager.js';
import { Empty, Missing } from '../parts/said.js';
import { Ago } from '../parts/time.js';
import { href, refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name, Prose } from '../text.js';
import { html } from '../view.js';

const SIZE = 100;

export function Policies() {
  const { query } = useStore(route);
  const found = useData('/v1/policies', { wakes: () => true, everyMs: 60_000 });
  const status = useData('/v1/status', { wakes: (record) => record.kind.startsWith('policy_') });
  /** @type {Api.PolicyRow[] | undefined} */
  const rows = found.data?.policies;
  if (!rows) return html`<div class="head"><h1>Policies</h1></div><${Missing} of=${found} what="policies" />`;
  const words = (query.get('find') ?? '').toLowerCase();
  const matching = rows.filter((row) => [row.policy, row.file].some((text) => text?.toLowerCase().includes(words)));
  const page = Math.min(Math.max(1, Number(query.get('page')) || 1), Math.max(1, Math.ceil(matching.length / SIZE)));
  const tested = rows.filter((row) => row.tests > 0).length;
  return html`<div class="head"><h1>Policies</h1><p class="quiet small">revision in force <a href=${href(['policies', 'revisions'])}><code>${status.data?.policy_revision ?? '…'}</code></a></p></div>
    <${Standing} of=${status.data?.policy} />
    <section class="group" aria-labelledby="all"><div class="over"><h2 id="all">In force <span class="count">${count(matching.length)}</span> <span class="quiet small">${count(tested)} of ${count(rows.length)} with a test of their own</span></h2>
      <div class="tools"><input type="search" aria-label="Find a policy or file" placeholder="Find a policy or file" value=${query.get('find') ?? ''} onInput=${(/** @type {any} */ event) => refine({ find: event.target.value, page: null })} /></div></div>
    ${matching.length === 0
      ? rows.length === 0
        ? html`<${Empty} title="No policy is in force" command="syndic pack add baseline">A pack brings policies with their tests:</${Empty}>`
        : html`<${Empty} title="No policy matches"><button class="plain" type="button" onClick=${() => refine({ find: null })}>Show all ${count(rows.length)}</button></${Empty}>`
      : html`<div class="table-card"><table class="table policies">
      <thead><tr><th scope="col">Policy</th><th scope="col">Effect</th><th scope="col">Severity</th><th scope="col" class="number">Decided</th><th scope="col" class="number">Denied</th><th scope="col" class="number">Held</th><th scope="col" class="number">Shadow</th><th scope="col">Last</th><th scope="col" class="number">Tests</th></tr></thead>
      <tbody>${matching.slice((page - 1) * SIZE, page * SIZE).map((row) => html`<${Row} key=${row.policy} of=${row} />`)}</tbody>
    </table></div><${Pager} page=${page} size=${SIZE} total=${matching.length} what="policies" />`}</section>`;
}

/** @param {{ of: Api.PolicyRow }} props */
const Row = ({ of }) => html`<tr>
  <th scope="row" class="what"><a href=${href(['policies', of.policy])}><code><${Name} of=${of.policy} /></code></a><span class="sub">${of.file ? html`<code>${of.file}${of.line ? `:${of.line}` : ''}</code>` : 'built in'}</span></th>
  <td data-label="Effect">${of.effect}${of.mode === 'shadow' && html`<span class="sub">shadow: stops nothing</span>`}</td>
  <td data-label="Severity">${of.severity ?? html`<span class="quiet">–</span>`}</td>
  <td data-label="Decided" class="number"><${Figure} of=${of.hits_24h} /></td>
  <td data-label="Denied" class="number"><${Figure} of=${of.denied_24h} look="bad" /></td>
  <td data-label="Held" class="number"><${Figure} of=${of.held_24h} look="wait" /></td>
  <td data-label="Shadow" class="number"><${Figure} of=${of.shadow_24h} /></td>
  <td data-label="Last"><${Ago} at=${of.last_at} /></td>
  <td data-label="Tests" class="number">${of.tests > 0 ? count(of.tests) : html`<span class="wait" title="no test names it">none</span>`}${!of.covered && of.tests > 0 && html`<span class="sub">not covered</span>`}</td>
</tr>`;

/** @param {{ of: number, look?: string }} props */
const Figure = ({ of, look = '' }) => (of > 0 ? html`<b class=${look}>${count(of)}</b>` : html`<span class="quiet">0</span>`);

/** What waits to come into force, or did not load. @param {{ of: Api.PolicyStatus | undefined }} props */
function Standing({ of }) {
  if (!of) return null;
  return html`${of.failed && html`<div class="note bad spaced" role="alert"><p><strong>The files do not load; the revision before stays in force.</strong></p>
      <p>${counted(of.failed.errors, 'error')}, the first: <${Prose} of=${of.failed.first} /></p><p>To find every mistake: <code>syndic check</code></p></div>`}
    ${of.held && html`<div class="note warn spaced"><p><strong>Revision <code>${of.held.revision}</code> loosens what is in force and waits for a second administrator.</strong></p>
      <ul>${of.held.loosened.slice(0, 10).map((each) => html`<li><${Prose} of=${each.what} /></li>`)}</ul><p>To accept exactly it: <code>syndic policy reload --accept-loosening ${of.held.revision}</code></p></div>`}
    ${of.restart_needed?.length > 0 && html`<div class="note warn spaced"><p>A restart is needed for ${of.restart_needed.join(', ')}.</p></div>`}`;
}
