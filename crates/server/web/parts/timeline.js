// What an agent did and what was done to it, the newest first.

import { withQuery } from '../api.js';
import { useData } from '../data.js';
import { length } from '../figure.js';
import { lately, onRecord } from '../live.js';
import { href } from '../route.js';
import { Long, Name } from '../text.js';
import { html, useEffect, useState } from '../view.js';
import { brief, Decided, why } from './events.js';
import { Empty, Missing } from './said.js';
import { Status } from './tag.js';
import { When } from './time.js';

const ACTIONS = 12;
const SHOWN = 16;

/** What is done to an agent, how it is said, and how it looks. @type {Record<string, [string, string]>} */
const SWITCHES = {
  agent_suspended: ['suspended', 'bad'],
  agent_resumed: ['resumed', 'good'],
  agent_promoted: ['promoted to enforce', 'good'],
  break_glass_opened: ['break-glass opened', 'wait'],
  break_glass_reviewed: ['break-glass reviewed', 'plain'],
};

/** @param {{ id: string, wakes: (record: Api.StreamRecord) => boolean, records: number | undefined }} props */
export function Timeline({ id, wakes, records }) {
  const switched = useSwitched(id, records);
  const events = useData(withQuery('/v1/audit/events', { agent: id, limit: ACTIONS }), { wakes });
  const approvals = useData(withQuery('/v1/approvals', { agent: id, limit: ACTIONS }), { wakes });
  if (!events.data) return html`<${Missing} of=${events} what="what it did" />`;
  const entries = together(events.data.events, approvals.data?.approvals ?? [], switched);
  if (entries.length === 0) {
    return html`<${Empty} title="It has done nothing yet" command=${`syndic keys create --role agent --agent ${id}`}>With a key of its own it may ask:</${Empty}>`;
  }
  return html`<ol class="timeline">${entries.map((entry) => html`<li key=${entry.id}><${When} at=${entry.at} /><div>${entry.shown}</div></li>`)}</ol>
    <p class="small"><a href=${href(['actions'], { agent: id })}>All its actions</a></p>`;
}

/**
 * Puts in order what is as young as the actions that are shown.
 * @param {Api.Event[]} events
 * @param {Api.ApprovalBody[]} approvals
 * @param {Api.StreamRecord[]} switched
 */
function together(events, approvals, switched) {
  const oldest = events.length < ACTIONS ? '' : (events.at(-1)?.timestamp ?? '');
  const ended = approvals.filter(({ ended_at: at }) => at);
  const entries = [
    ...events.map((of) => ({ at: of.timestamp, id: of.event_id, shown: html`<${Did} of=${of} />` })),
    ...ended.map((of) => ({ at: of.ended_at ?? '', id: of.id, shown: html`<${Answered} of=${of} />` })),
    ...switched.map((of) => ({ at: of.at, id: String(of.index), shown: html`<${Switched} of=${of} />` })),
  ];
  const young = entries.filter(({ at }) => at >= oldest);
  return young.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, SHOWN);
}

/** @param {{ of: Api.Event }} props */
function Did({ of }) {
  const [first] = why(of);
  const more = first ? html`<${Long} of=${`${first.policy}: ${first.reason}`} most=${160} prose />` : html`<${Long} of=${brief(of)} most=${160} />`;
  return html`<p><a href=${href(['actions', of.event_id])}><${Name} of=${of.action} /></a> <${Decided} of=${of} /></p><div class="sub">${more}</div>`;
}

/** @param {{ of: Api.ApprovalBody }} props */
function Answered({ of }) {
  const last = of.votes.at(-1);
  const took = of.ended_at ? ` after ${length(Date.parse(of.ended_at) - Date.parse(of.opened_at))}` : '';
  return html`<p>request for <a href=${href(['actions', of.action_id])}><${Name} of=${of.action} /></a> <${Status} is=${of.status} /></p>
    ${last && html`<p class="sub">by <${Name} of=${last.person} />${took}</p>`}`;
}

/** @param {{ of: Api.StreamRecord }} props */
function Switched({ of }) {
  const [told, look] = SWITCHES[of.kind] ?? [of.kind, 'plain'];
  return html`<p><span class=${`tag ${look}`}>${told}</span>${of.agent === '*' && html`<span class="sub">with all agents</span>`}</p>
    ${of.reason && html`<div class="sub">“<${Long} of=${of.reason} most=${160} />”</div>`}`;
}

/**
 * What was done to an agent: lately, and from now on.
 * @param {string} id
 * @param {number | undefined} records how many the ledger has, once that is known
 */
function useSwitched(id, records) {
  const [found, setFound] = useState(/** @type {Api.StreamRecord[]} */ ([]));
  const isKnown = records !== undefined;
  useEffect(() => {
    if (!isKnown) return undefined;
    /** @param {Api.StreamRecord} record */
    const isOf = (record) => record.kind in SWITCHES && (record.agent === id || record.agent === '*');
    /** @param {Api.StreamRecord[]} former @param {Api.StreamRecord[]} more */
    const joined = (former, more) => [...former, ...more.filter((one) => isOf(one) && !former.some(({ index }) => index === one.index))];
    /** @param {Api.StreamRecord[]} more */
    const add = (more) => setFound((former) => joined(former, more));
    const ends = [lately({ agent: id, kinds: Object.keys(SWITCHES).join(',') }, records, add), onRecord((record) => add([record]))];
    return () => {
      for (const end of ends) end();
    };
  }, [id, isKnown]);
  return found;
}
