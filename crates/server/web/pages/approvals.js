// Approvals: what waits for people, and whether they can still read what they are asked. They answer on pages of their
// own, which need no script.

import { withQuery } from '../api.js';
import { useData } from '../data.js';
import { count, counted, length } from '../figure.js';
import { Empty, Missing } from '../parts/said.js';
import { Risk } from '../parts/tag.js';
import { Ago, Until } from '../parts/time.js';
import { href, refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name } from '../text.js';
import { html } from '../view.js';

const wakes = (/** @type {Api.StreamRecord} */ record) => record.kind.startsWith('approval') || record.effect === 'hold';

export function Approvals() {
  const { query } = useStore(route);
  const agent = query.get('agent') ?? '';
  const waiting = useData(withQuery('/v1/approvals', { status: 'pending', agent, limit: 100 }), { wakes, everyMs: 15_000 });
  const days = ['1', '7', '30', '90'].includes(query.get('days') ?? '') ? (query.get('days') ?? '') : '30';
  const figures = useData(withQuery('/v1/approvals/statistics', { days }), { wakes, everyMs: 60_000 });
  /** @type {Api.ApprovalBody[] | undefined} */
  const requests = waiting.data?.approvals;
  return html`<div class="head"><h1>Approvals</h1><a class="button" href="/approvals">Open the inbox to answer</a></div>
    <section class="group" aria-labelledby="waiting"><h2 id="waiting">Waiting for people ${requests && html`<span class="count">${count(requests.length)}</span>`}${agent && html` <button class="plain small" type="button" onClick=${() => refine({ agent: null })}>of ${agent}: show all</button>`}</h2>
      ${!requests
        ? html`<${Missing} of=${waiting} what="what waits" />`
        : requests.length === 0
          ? html`<${Empty} title="Nothing waits for people">What a policy holds is asked here and in messages. To try it, ask for a refund over the threshold of <code>customer-support</code>.</${Empty}>`
          : html`<div class="table-card"><table class="table"><thead><tr><th scope="col">Request</th><th scope="col">Risk</th><th scope="col">Amount</th><th scope="col">Asked of</th><th scope="col">Asked</th><th scope="col">Ends</th></tr></thead>
            <tbody>${requests.map((each) => html`<tr key=${each.id}><th scope="row" class="what"><a href=${href(['actions', each.action_id])}><${Name} of=${each.action} /></a><span class="sub">by <a href=${href(['agents', each.agent])}><${Name} of=${each.agent} /></a></span></th>
              <td data-label="Risk"><${Risk} is=${each.risk_level} plain /></td><td data-label="Amount">${each.amount ?? html`<span class="quiet">–</span>`}</td>
              <td data-label="Asked of">${each.groups.map((group) => html`<div><${Name} of=${group.group} /> <span class="quiet">${group.approved} of ${group.needed}</span></div>`)}</td>
              <td data-label="Asked"><${Ago} at=${each.opened_at} /></td><td data-label="Ends"><${Until} at=${each.expires_at} /></td></tr>`)}</tbody></table></div>`}
    </section>
    <section class="group" aria-labelledby="tired"><div class="over"><h2 id="tired">Are people still reading?</h2>
        <div class="tools"><label class="small" for="days">over</label><select id="days" value=${days} onChange=${(/** @type {any} */ event) => refine({ days: event.target.value })}><option value="1">1 day</option><option value="7">7 days</option><option value="30">30 days</option><option value="90">90 days</option></select></div></div>
      ${figures.data ? html`<${Fatigue} of=${figures.data} />` : html`<${Missing} of=${figures} what="how people answer" />`}
    </section>`;
}

/** @param {{ of: Api.ApprovalStatistics }} props */
function Fatigue({ of }) {
  if (of.groups.length === 0) return html`<${Empty} title="Nobody was asked in this time" />`;
  return html`<p class="quiet spaced">${counted(of.actions, 'action')}, of which ${count(of.holds)} were held: ${of.holds_per_100_actions.toFixed(1)} of every 100.${!of.whole && ' Older records were dropped, so this is not the whole time.'}</p>
    <div class="table-card"><table class="table"><thead><tr><th scope="col">Group</th><th scope="col" class="number">Requests</th><th scope="col" class="number">Approved</th><th scope="col" class="number">Rejected</th><th scope="col" class="number">Not answered</th><th scope="col" class="number">Usual answer</th><th scope="col" class="number">Hasty</th></tr></thead>
      <tbody>${of.groups.map((group) => html`<tr key=${group.group}><th scope="row" class="what"><${Name} of=${group.group} /></th>
        <td data-label="Requests" class="number">${count(group.requests)}</td><td data-label="Approved" class="number">${count(group.approved)}</td><td data-label="Rejected" class="number">${count(group.rejected)}</td>
        <td data-label="Not answered" class="number">${group.timeout > 0 ? html`<b class="wait">${count(group.timeout)}</b>` : '0'}</td>
        <td data-label="Usual answer" class="number">${group.median_ms === null || group.median_ms === undefined ? html`<span class="quiet">–</span>` : `after ${length(group.median_ms)}`}</td>
        <td data-label="Hasty" class="number">${group.hasty > 0 ? html`<b class="bad">${count(group.hasty)} of ${count(group.votes)}</b>` : `0 of ${count(group.votes)}`}</td></tr>`)}</tbody></table></div>
    <p class="hint spaced">Hasty is a yes within three seconds of the first look. A group that never rejects and answers at once may have stopped reading: raise the threshold of what they approve in a row.</p>
    ${of.kinds.length > 0 && html`<h3 class="gap">What they are asked most</h3><div class="table-card"><table class="table"><thead><tr><th scope="col">Action</th><th scope="col">Policies</th><th scope="col" class="number">Requests</th><th scope="col" class="number">Approved in a row</th><th scope="col">Last approved</th></tr></thead>
      <tbody>${of.kinds.slice(0, 20).map((kind) => html`<tr><th scope="row" class="what"><a href=${href(['actions'], { agent: kind.agent, action: kind.action })}><${Name} of=${kind.action} /></a><span class="sub">by <${Name} of=${kind.agent} /></span></th>
        <td data-label="Policies">${kind.policies.map((policy) => html`<div><code><${Name} of=${policy} /></code></div>`)}</td><td data-label="Requests" class="number">${count(kind.requests)}</td><td data-label="Approved in a row" class="number">${count(kind.approved_in_a_row)}</td>
        <td data-label="Last approved">${kind.last_approved.length > 0 ? kind.last_approved.slice(-3).reverse().map((each) => html`<div><a href=${href(['actions', each])}><code>…${each.slice(-8)}</code></a></div>`) : html`<span class="quiet">–</span>`}</td></tr>`)}</tbody></table></div>`}`;
}
