// Actions as rows: what an agent wanted, what was decided, and why.

import { href } from '../route.js';
import { cut, Name, revealed } from '../text.js';
import { html } from '../view.js';
import { None } from './card.js';
import { Cell, Table, What } from './table.js';
import { Effect } from './tag.js';
import { Ago, When } from './time.js';

/** How many characters of arguments or reasons stand in a row. */
const BRIEF = 72;

/** How a hold went on, after the word for it. @type {Record<string, string>} */
const HELD = {
  pending: 'waits for people',
  approved: 'then approved',
  rejected: 'then rejected',
  timeout: 'nobody answered',
  cancelled: 'then cancelled',
};

/**
 * @param {{ of: Api.Event[], fresh?: Set<string> }} props
 */
export const Events = ({ of, fresh }) => html`<${Table} look="events" columns=${['When', 'Agent', 'Action', 'Decision', 'Why']}>
  ${of.map((event) => html`<${Row} key=${event.event_id} of=${event} fresh=${fresh?.has(event.event_id) ?? false} />`)}
</${Table}>`;

/** @param {{ of: Api.Event, fresh: boolean }} props */
const Row = ({ of, fresh }) => html`<tr class=${fresh ? 'fresh' : ''}>
  <${Cell} of="When"><${When} at=${of.timestamp} /><span class="sub"><${Ago} at=${of.timestamp} /></span></${Cell}>
  <${Cell} of="Agent"><a href=${href(['agents', of.agent_name])}><${Name} of=${of.agent_name} /></a></${Cell}>
  <${What}>
    <a href=${href(['actions', of.event_id])}><${Name} of=${of.action} /></a>
    <span class="sub"><bdi>${shortened(brief(of))}</bdi></span>
  </${What}>
  <${Cell} of="Decision"><${Decided} of=${of} /></${Cell}>
  <${Cell} of="Why"><${Why} of=${of} /></${Cell}>
</tr>`;

/** The effect; where it did not count, that; and how a hold went on. @param {{ of: Api.Event }} props */
export function Decided({ of }) {
  const effect = effectOf(of);
  const status = of.metadata['approval_status'];
  if (status) return html`<${Effect} is=${effect} /><span class="sub">${HELD[String(status)] ?? status}</span>`;
  const isOnlyWatched = of.allowed && effect !== 'allow';
  return html`<${Effect} is=${effect} />${isOnlyWatched && html`<span class="sub">not stopped: observe</span>`}`;
}

/** @param {{ of: Api.Event }} props */
function Why({ of }) {
  const [first, ...more] = why(of);
  if (!first) return html`<${None}>nothing in the way</${None}>`;
  return html`<code><${Name} of=${first.policy} /></code>
    <span class="sub">${shortened(first.reason.replaceAll('`', ''))}${more.length > 0 && html` <span class="nobreak">and ${more.length} more</span>`}</span>`;
}

/** Says what was decided. @param {Api.Event} event */
export const effectOf = (event) => String(event.metadata['effect'] ?? (event.allowed ? 'allow' : 'deny'));

/** Says what stood in the way. @param {Api.Event} event */
export function why(event) {
  const stopped = event.policy_checks.filter((check) => check.result !== 'passed');
  return stopped.map(({ policy, reason }) => ({ policy, reason: reason ?? '' }));
}

/** Writes arguments in a line. @param {Api.Event} event */
export function brief(event) {
  const each = Object.entries(event.tool_args ?? {});
  return each.map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ');
}

/** @param {string} text */
function shortened(text) {
  const [kept, isCut] = cut(text, BRIEF);
  return html`${revealed(kept)}${isCut && '…'}`;
}
