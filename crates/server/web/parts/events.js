// Actions as rows: what an agent wanted, what was decided, and why.

import { Effect } from './tag.js';
import { Ago, When } from './time.js';
import { href } from '../route.js';
import { cut, Name, revealed } from '../text.js';
import { html } from '../view.js';

/** Says what was decided. @param {Api.Event} event */
export const effectOf = (event) => String(event.metadata['effect'] ?? (event.allowed ? 'allow' : 'deny'));

/** Says why something stood in the way. @param {Api.Event} event */
export function why(event) {
  const stopped = event.policy_checks.filter((check) => check.result !== 'passed' && check.reason);
  return stopped.map((check) => ({ policy: check.policy, reason: check.reason ?? '' }));
}

/** Arguments in a line. @param {Api.Event} event */
export function brief(event) {
  const args = event.tool_args ?? {};
  return Object.entries(args).map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ');
}

/** The effect, and where it did not count, that. @param {{ of: Api.Event }} props */
export function Decided({ of }) {
  const effect = effectOf(of);
  const status = of.metadata['approval_status'];
  const isWatched = of.allowed && effect !== 'allow';
  return html`<${Effect} is=${effect} />${isWatched && !status && html`<span class="sub">not stopped: observe</span>`}${status && html`<span class="sub">${approval(String(status))}</span>`}`;
}

/** @param {string} status */
const approval = (status) => /** @type {Record<string, string>} */ ({ pending: 'waits for people', approved: 'then approved', rejected: 'then rejected', timeout: 'nobody answered', cancelled: 'then cancelled' })[status] ?? status;

/**
 * @param {{ of: Api.Event[], fresh?: Set<string> }} props
 */
export const Events = ({ of, fresh }) => html`<div class="table-card"><table class="table events">
  <thead><tr><th scope="col">When</th><th scope="col">Agent</th><th scope="col">Action</th><th scope="col">Decision</th><th scope="col">Why</th></tr></thead>
  <tbody>${of.map((event) => html`<tr key=${event.event_id} class=${fresh?.has(event.event_id) ? 'fresh' : ''}>
    <td data-label="When"><${When} at=${event.timestamp} /><span class="sub"><${Ago} at=${event.timestamp} /></span></td>
    <td data-label="Agent"><a href=${href(['agents', event.agent_name])}><${Name} of=${event.agent_name} /></a></td>
    <th scope="row" class="what"><a href=${href(['actions', event.event_id])}><${Name} of=${event.action} /></a><span class="sub"><bdi>${shortened(brief(event))}</bdi></span></th>
    <td data-label="Decision"><${Decided} of=${event} /></td>
    <td data-label="Why"><${Why} of=${event} /></td>
  </tr>`)}</tbody>
</table></div>`;

/** @param {string} text */
function shortened(text) {
  const [kept, isCut] = cut(text, 72);
  return html`${revealed(kept)}${isCut && '…'}`;
}

/** @param {{ of: Api.Event }} props */
function Why({ of }) {
  const [first, ...more] = why(of);
  if (!first) return html`<span class="quiet">nothing in the way</span>`;
  return html`<code><${Name} of=${first.policy} /></code><span class="sub">${shortened(first.reason.replaceAll('`', ''))}${more.length > 0 && html` <span class="nobreak">and ${more.length} more</span>`}</span>`;
}

