// Policies: what each one did in the last 24 hours, whether it is tested, and which revision is in force.

import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { None } from '../parts/card.js';
import { Pager, paged } from '../parts/pager.js';
import { Empty, Missing } from '../parts/said.js';
import { Cell, number, Table, What } from '../parts/table.js';
import { Ago } from '../parts/time.js';
import { href, refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name, Prose } from '../text.js';
import { html } from '../view.js';

const COLUMNS = ['Policy', 'Effect', 'Severity', ...['Denied', 'Held', 'In shadow'].map(number), 'Last in the way', number('Tests')];

export function Policies() {
  const found = useData('/v1/policies', { wakes: () => true, everyMs: 60_000 });
  const status = useData('/v1/status', { wakes: (record) => record.kind.startsWith('policy_') });
  /** @type {Api.PolicyBody[] | undefined} */
  const rows = found.data?.policies;
  const revision = html`<p class="quiet small">
    revision in force <a href=${href(['policies', 'revisions'])}><code>${status.data?.policy_revision ?? '…'}</code></a>
  </p>`;
  return html`<div class="head"><h1>Policies</h1>${revision}</div>
    <${Standing} of=${status.data?.policy} />
    ${rows ? html`<${Rows} of=${rows} />` : html`<${Missing} of=${found} what="policies" />`}`;
}

/** @param {{ of: Api.PolicyBody[] }} props */
function Rows({ of }) {
  const { query } = useStore(route);
  if (of.length === 0) {
    return html`<${Empty} title="No policy is in force" command="syndic pack add baseline">A pack brings policies with their tests:</${Empty}>`;
  }
  const find = query.get('find') ?? '';
  const found = of.filter((row) => [row.policy, row.file].some((text) => text?.toLowerCase().includes(find.toLowerCase())));
  const shown = paged(found, query.get('page'));
  const tested = of.filter(isSeen).length;
  return html`<section class="group" aria-labelledby="all">
    <div class="over">
      <h2 id="all">In force <span class="count">${count(found.length)}</span> <span class="quiet small">${count(tested)} of ${count(of.length)} seen by a test</span></h2>
      <div class="tools">
        <input
          type="search"
          aria-label="Find a policy or file"
          placeholder="Find a policy or file"
          value=${find}
          onInput=${(/** @type {any} */ event) => refine({ find: event.target.value, page: null })}
        />
      </div>
    </div>
    ${found.length === 0
      ? html`<${Empty} title="No policy matches"><button class="plain" type="button" onClick=${() => refine({ find: null })}>Show all ${count(of.length)}</button></${Empty}>`
      : html`<${Table} look="policies" columns=${COLUMNS}>${shown.rows.map((row) => html`<${Row} key=${row.policy} of=${row} />`)}</${Table}>
        <${Pager} of=${shown} what="policies" />`}
  </section>`;
}

/** @param {{ of: Api.PolicyBody }} props */
const Row = ({ of }) => html`<tr>
  <${What}>
    <a href=${href(['policies', of.policy])}><code><${Name} of=${of.policy} /></code></a>
    <span class="sub"><${Origin} of=${of} /></span>
  </${What}>
  <${Cell} of="Effect">${of.effect}${of.mode === 'shadow' && html`<span class="sub">shadow: stops nothing</span>`}</${Cell}>
  <${Cell} of="Severity">${of.severity ?? html`<${None} />`}</${Cell}>
  <${Cell} of="Denied" look="number"><${Figure} of=${of.denied_24h} look="bad" /></${Cell}>
  <${Cell} of="Held" look="number"><${Figure} of=${of.held_24h} look="wait" /></${Cell}>
  <${Cell} of="In shadow" look="number"><${Figure} of=${of.shadow_24h} /></${Cell}>
  <${Cell} of="Last in the way"><${Ago} at=${of.last_at} /></${Cell}>
  <${Cell} of="Tests" look="number"><${Tests} of=${of} /></${Cell}>
</tr>`;

/** @param {{ of: Api.PolicyBody }} props */
function Origin({ of }) {
  if (of.origin === 'gate') return 'of the gate itself';
  if (of.origin === 'native') return 'written in Rust';
  const parts = of.count > 1 ? `${count(of.count)} parts, ` : '';
  const line = of.line ? `:${of.line}` : '';
  return html`${parts}${of.origin !== 'file' && 'made of '}<code>${of.file ?? of.origin}${line}</code>`;
}

/** Tells whether a test sees it stop something; what permits stops nothing, and is seen where it is asked. @param {Api.PolicyBody} of */
const isSeen = (of) => (of.effect === 'permit' ? (of.tests ?? 0) > 0 : of.covered === true);

/** @param {{ of: Api.PolicyBody }} props */
function Tests({ of }) {
  if (typeof of.tests !== 'number') return html`<${None} title="being counted">…</${None}>`;
  if (of.tests === 0) return html`<span class="wait" title="nobody would notice if it changed">none</span>`;
  const branches = of.branches ? `${count(of.branches_seen ?? 0)} of ${counted(of.branches, 'branch', 'branches')}` : '';
  return html`${count(of.tests)}<span class="sub">${isSeen(of) ? branches : html`<span class="wait">none sees it stop</span>`}</span>`;
}

/** @param {{ of: number, look?: string }} props */
const Figure = ({ of, look = '' }) => (of > 0 ? html`<b class=${look}>${count(of)}</b>` : html`<${None}>0</${None}>`);

/** What waits to come into force, or did not load. @param {{ of: Api.PolicyStatus | undefined }} props */
function Standing({ of }) {
  if (!of) return null;
  const { failed, held, restart_needed: restart } = of;
  return html`${failed && html`<div class="note bad spaced" role="alert">
      <p><strong>The files do not load; the revision before stays in force.</strong></p>
      <p>${counted(failed.errors, 'error')}, the first: <${Prose} of=${failed.first} /></p>
      <p>To find every mistake: <code>syndic check</code></p>
    </div>`}
    ${held && html`<div class="note warn spaced">
      <p><strong>Revision <code>${held.revision}</code> loosens what is in force and waits for a second administrator.</strong></p>
      <ul>${held.loosened.slice(0, 10).map((each) => html`<li><${Prose} of=${each.what} /></li>`)}</ul>
      <p>To accept exactly it: <code>syndic policy reload --accept-loosening ${held.revision}</code></p>
    </div>`}
    ${restart.length > 0 && html`<div class="note warn spaced"><p>A restart is needed for ${restart.join(', ')}.</p></div>`}`;
}
