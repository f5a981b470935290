// Approvals: what waits for people, and whether they can still read what they are asked. They answer on pages of their
// own, which need no script.

import { withQuery } from '../api.js';
import { useData } from '../data.js';
import { count, counted, length } from '../figure.js';
import { None } from '../parts/card.js';
import { Empty, Missing } from '../parts/said.js';
import { Cell, number, Table, What } from '../parts/table.js';
import { Risk } from '../parts/tag.js';
import { Ago, Until } from '../parts/time.js';
import { href, refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name } from '../text.js';
import { html } from '../view.js';

const DAYS = ['1', '7', '30', '90'];

/** @param {Api.StreamRecord} record */
const wakes = (record) => record.kind.startsWith('approval') || record.effect === 'hold';

export function Approvals() {
  const { query } = useStore(route);
  const agent = query.get('agent') ?? '';
  const asked = query.get('days') ?? '';
  const days = DAYS.includes(asked) ? asked : '30';
  return html`<div class="head"><h1>Approvals</h1><a class="button" href="/approvals">Open the inbox to answer</a></div>
    <${Waiting} agent=${agent} />
    <${Reading} days=${days} />`;
}

/** @param {{ agent: string }} props */
function Waiting({ agent }) {
  const waiting = useData(withQuery('/v1/approvals', { status: 'pending', agent, limit: 100 }), { wakes, everyMs: 15_000 });
  /** @type {Api.ApprovalBody[] | undefined} */
  const requests = waiting.data?.approvals;
  const all = html`<button class="plain small" type="button" onClick=${() => refine({ agent: null })}>of ${agent}: show all</button>`;
  return html`<section class="group" aria-labelledby="waiting">
    <h2 id="waiting">Waiting for people ${requests && html`<span class="count">${count(requests.length)}</span>`} ${agent && all}</h2>
    ${requests ? html`<${Requests} of=${requests} />` : html`<${Missing} of=${waiting} what="what waits" />`}
  </section>`;
}

/** @param {{ of: Api.ApprovalBody[] }} props */
function Requests({ of }) {
  if (of.length === 0) {
    return html`<${Empty} title="Nothing waits for people">
      What a policy holds is asked here and in messages. To try it, ask for a refund over the
      threshold of <code>customer-support</code>.
    </${Empty}>`;
  }
  return html`<${Table} columns=${['Request', 'Risk', 'Amount', 'Asked of', 'Asked', 'Ends']}>
    ${of.map((request) => html`<${Request} key=${request.id} of=${request} />`)}
  </${Table}>`;
}

/** @param {{ of: Api.ApprovalBody }} props */
const Request = ({ of }) => html`<tr>
  <${What}>
    <a href=${href(['actions', of.action_id])}><${Name} of=${of.action} /></a>
    <span class="sub">by <a href=${href(['agents', of.agent])}><${Name} of=${of.agent} /></a></span>
  </${What}>
  <${Cell} of="Risk"><${Risk} is=${of.risk_level} plain /></${Cell}>
  <${Cell} of="Amount">${of.amount ?? html`<${None} />`}</${Cell}>
  <${Cell} of="Asked of">
    ${of.groups.map(({ group, approved, needed }) => html`<div><${Name} of=${group} /> <span class="quiet">${approved} of ${needed}</span></div>`)}
  </${Cell}>
  <${Cell} of="Asked"><${Ago} at=${of.opened_at} /></${Cell}>
  <${Cell} of="Ends"><${Until} at=${of.expires_at} /></${Cell}>
</tr>`;

/** @param {{ days: string }} props */
function Reading({ days }) {
  const figures = useData(withQuery('/v1/approvals/statistics', { days }), { wakes, everyMs: 60_000 });
  return html`<section class="group" aria-labelledby="reading">
    <div class="over">
      <h2 id="reading">Are people still reading?</h2>
      <div class="tools">
        <label class="small" for="days">over</label>
        <select id="days" value=${days} onChange=${(/** @type {any} */ event) => refine({ days: event.target.value })}>
          ${DAYS.map((each) => html`<option value=${each}>${counted(Number(each), 'day')}</option>`)}
        </select>
      </div>
    </div>
    ${figures.data ? html`<${Figures} of=${figures.data} />` : html`<${Missing} of=${figures} what="how people answer" />`}
  </section>`;
}

const GROUPS = ['Group', ...['Requests', 'Approved', 'Rejected', 'Not answered', 'Usual answer', 'Hasty'].map(number)];
const KINDS = ['Action', 'Policies', number('Requests'), number('Approved in a row'), 'Last approved'];

/** @param {{ of: Api.ApprovalStatistics }} props */
function Figures({ of }) {
  if (of.groups.length === 0) return html`<${Empty} title="Nobody was asked in this time" />`;
  const rate = of.holds_per_100_actions.toFixed(1);
  return html`<p class="quiet spaced">
      ${counted(of.actions, 'action')}, of which ${count(of.holds)} were held: ${rate} of every 100.
      ${!of.whole && ' Older records were dropped, so this is not the whole time.'}
    </p>
    <${Table} columns=${GROUPS}>${of.groups.map((group) => html`<${Group} key=${group.group} of=${group} />`)}</${Table}>
    <p class="hint spaced">
      Hasty is a yes within three seconds of the first look. A group that never rejects and answers at once may have
      stopped reading: raise the threshold of what they approve in a row.
    </p>
    ${of.kinds.length > 0 && html`<h3 class="gap">What they are asked most</h3>
      <${Table} columns=${KINDS}>${of.kinds.slice(0, 20).map((kind) => html`<${Kind} of=${kind} />`)}</${Table}>`}`;
}

/** @param {{ of: Api.GroupStatistics }} props */
const Group = ({ of }) => html`<tr>
  <${What}><${Name} of=${of.group} /></${What}>
  <${Cell} of="Requests" look="number">${count(of.requests)}</${Cell}>
  <${Cell} of="Approved" look="number">${count(of.approved)}</${Cell}>
  <${Cell} of="Rejected" look="number">${count(of.rejected)}</${Cell}>
  <${Cell} of="Not answered" look="number">${of.timeout > 0 ? html`<b class="wait">${count(of.timeout)}</b>` : '0'}</${Cell}>
  <${Cell} of="Usual answer" look="number">${typeof of.median_ms === 'number' ? `after ${length(of.median_ms)}` : html`<${None} />`}</${Cell}>
  <${Cell} of="Hasty" look="number"><span class=${of.hasty > 0 ? 'bad' : ''}>${count(of.hasty)} of ${count(of.votes)}</span></${Cell}>
</tr>`;

/** @param {{ of: Api.KindStatistics }} props */
function Kind({ of }) {
  const last = of.last_approved.slice(-3).reverse();
  return html`<tr>
    <${What}>
      <a href=${href(['actions'], { agent: of.agent, action: of.action })}><${Name} of=${of.action} /></a>
      <span class="sub">by <${Name} of=${of.agent} /></span>
    </${What}>
    <${Cell} of="Policies">${of.policies.map((policy) => html`<div><code><${Name} of=${policy} /></code></div>`)}</${Cell}>
    <${Cell} of="Requests" look="number">${count(of.requests)}</${Cell}>
    <${Cell} of="Approved in a row" look="number">${count(of.approved_in_a_row)}</${Cell}>
    <${Cell} of="Last approved">
      ${last.length === 0 && html`<${None} />`}
      ${last.map((id) => html`<div><a href=${href(['actions', id])}><code>…${id.slice(-8)}</code></a></div>`)}
    </${Cell}>
  </tr>`;
}
