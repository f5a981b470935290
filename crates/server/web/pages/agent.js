// One agent: who answers for it, what it may do, how much of its limits is used, and what it did.

import { path, withQuery } from '../api.js';
import { useData } from '../data.js';
import { count, counted, length } from '../figure.js';
import { lately, onRecord } from '../live.js';
import { Day, Usage } from '../parts/chart.js';
import { brief, Decided, why } from '../parts/events.js';
import { Empty, Missing } from '../parts/said.js';
import { Cedar } from '../parts/source.js';
import { Stop } from '../parts/stop.js';
import { Grade, meaning, Mode, Risk, State, Status } from '../parts/tag.js';
import { Ago, When } from '../parts/time.js';
import { href } from '../route.js';
import { cut, Long, Name, Prose } from '../text.js';
import { html, useEffect, useState } from '../view.js';

/** @param {{ id: string }} props */
export function Agent({ id }) {
  const wakes = (/** @type {Api.StreamRecord} */ record) => record.agent === id || record.agent === '*' || record.kind === 'policy_loaded';
  const profile = useData(path('v1', 'agents', id), { wakes });
  const overview = useData('/v1/overview', { wakes, everyMs: 60_000 });
  const status = useData('/v1/status', { wakes: (record) => record.kind.startsWith('agent_') });
  /** @type {Api.AgentBody | null} */
  const agent = profile.data;
  const back = html`<p class="back"><a href=${href([])}>← Health</a></p>`;
  if (!agent) return html`<div class="title">${back}<h1><${Name} of=${id} /></h1></div><${Missing} of=${profile} what="the agent" />`;
  const row = overview.data?.agents.find((/** @type {Api.AgentOverview} */ each) => each.agent === id);
  const allStopped = status.data?.suspended.includes('*') ?? false;
  const again = () => (profile.again(), overview.again(), status.again());
  return html`<div class="head agent-head">
      <div class="title">${back}
        <h1><${Name} of=${agent.name} most=${120} /></h1>
        <p class="tags"><${State} is=${agent.suspended ? 'suspended' : agent.state} /><${Risk} is=${agent.risk_level} /><code>${agent.id}</code><span class="quiet">last seen <${Ago} at=${agent.last_seen} /></span></p>
      </div>
      ${!(allStopped && agent.suspended) && html`<${Stop} agent=${agent.id} name=${agent.name} suspended=${agent.suspended} done=${again} />`}
    </div>
    ${agent.suspended && html`<div class="note bad spaced"><p><strong>${allStopped ? 'All agents are stopped' : 'It is suspended'}: every action is denied.</strong> Reason: <${Long} of=${agent.suspended_reason ?? 'not told'} /></p>${allStopped && html`<p>The stop of all is lifted on <a href="#/">Health</a>.</p>`}</div>`}
    ${row?.anomaly && row.anomaly.score >= 50 && html`<div class="note warn spaced"><p><strong>Unusual (${Math.round(row.anomaly.score)} of 100):</strong> <${Prose} of=${row.anomaly.told} /></p></div>`}
    <div class="two">
      <div class="stack">
        <section class="card stack" aria-labelledby="day"><h2 id="day">The last 24 hours</h2>${row ? html`<p>${counted(row.actions_24h, 'action')}, ${count(row.denied_24h)} denied, ${count(row.held_24h)} held</p><${Day} hours=${row.hours} />` : html`<${Missing} of=${overview} what="its activity" />`}</section>
        <${Timeline} id=${id} wakes=${wakes} records=${status.data?.records} />
        <${Policies} id=${id} wakes=${wakes} />
      </div>
      <div class="stack aside">
        <section class="card stack" aria-labelledby="profile"><h2 id="profile">Profile</h2><${Profile} of=${agent} grade=${agent.enforcement_grade} /></section>
        <${Limits} id=${id} wakes=${wakes} />
        <section class="card stack" aria-labelledby="may"><h2 id="may">What it may do</h2><${May} of=${agent} /></section>
      </div>
    </div>`;
}

/** @param {{ of: Api.AgentBody, grade: string | null | undefined }} props */
const Profile = ({ of, grade }) => html`<p><${Long} of=${of.purpose} /></p>
  <dl class="facts">
    ${cut(of.name, 120)[1] && html`<div><dt>name</dt><dd><${Long} of=${of.name} most=${60} /></dd></div>`}
    <div><dt>owner</dt><dd><${Name} of=${of.owner.person} /></dd></div>
    <div><dt>team</dt><dd><${Name} of=${of.owner.team} /></dd></div>
    <div><dt>contact</dt><dd>${/^[^\s@]+@[^\s@]+$/.test(of.owner.contact) ? html`<a href=${`mailto:${of.owner.contact}`}>${of.owner.contact}</a>` : html`<${Name} of=${of.owner.contact} />`}</dd></div>
    <div><dt>mode</dt><dd><${Mode} is=${of.mode} /><span class="sub">${of.mode === 'observe' ? 'decided and recorded; nothing is stopped' : 'what is denied or held does not run'}</span></dd></div>
    <div><dt>enforcement</dt><dd><${Grade} is=${grade} /><span class="sub">${meaning(grade ?? '')}</span></dd></div>
    <div><dt>at most</dt><dd>${of.max_transaction_amount} <span class="sub">a transaction</span></dd></div>
    <div><dt>asks people</dt><dd>${of.requires_human_approval ? html`yes${of.approvers && html`: <${Name} of=${of.approvers} />`}` : 'no'}</dd></div>
    <div><dt>version</dt><dd><${Name} of=${of.version} /></dd></div>
    ${of.file && html`<div><dt>file</dt><dd><code>${of.file}</code></dd></div>`}
  </dl>`;

/** @param {{ of: Api.AgentBody }} props */
const May = ({ of }) => html`<div class="stack tight"><h3>Capabilities</h3>
    ${of.capabilities.length > 0 ? html`<ul class="chips">${of.capabilities.map((name) => html`<li>${name.replaceAll('_', ' ')}</li>`)}</ul>` : html`<p class="quiet">None: it only reads.</p>`}</div>
  ${of.actions && html`<div class="stack tight"><h3>Actions</h3>
    ${of.actions.length > 0 ? html`<ul class="chips">${of.actions.map((name) => html`<li><a href=${href(['actions'], { agent: of.id, action: name })}><code>${name}</code></a></li>`)}</ul>` : html`<p class="quiet">None.</p>`}</div>`}`;

/** @param {{ id: string, wakes: (record: Api.StreamRecord) => boolean }} props */
function Limits({ id, wakes }) {
  const found = useData(`${path('v1', 'agents', id)}/limits`, { wakes, everyMs: 15_000 });
  /** @type {Api.LimitBody[] | undefined} */
  const limits = found.data?.limits;
  return html`<section class="card stack" aria-labelledby="limits"><h2 id="limits">Limits</h2>
    ${!limits
      ? html`<${Missing} of=${found} what="its limits" />`
      : limits.length === 0
        ? html`<p class="quiet">None is set. In its file: <code>limits: [{ per: minute, calls: 60 }]</code></p>`
        : html`<ul class="limits">${limits.map((limit) => html`<li><${Limit} of=${limit} /></li>`)}</ul>`}
  </section>`;
}

/** @param {{ of: Api.LimitBody }} props */
function Limit({ of }) {
  const [used, most] = [Number(of.used), Number(of.most)];
  const told = `${of.over ? 'more than ' : ''}${number(of.used)} of ${number(of.most)} ${of.unit}`;
  const what = of.counts.length > 0 ? of.counts.join(', ').replaceAll('_', ' ') : 'all actions';
  const part = of.over ? 1 : most === 0 ? 1 : used / most;
  return html`<div class="limit"><span><${Name} of=${what} /> <span class="quiet">per ${of.per}</span></span><b>${told}</b></div>
    <${Usage} part=${part} label=${`${what} per ${of.per}: ${told}`} />
    ${of.apart !== null && of.apart !== undefined && html`<span class="sub">by the ${of.per} that used most, of ${count(of.apart)}</span>`}
    ${part >= 0.8 && of.eases_at && html`<span class="sub">some is free again at <${When} at=${of.eases_at} /></span>`}`;
}

/** @param {string | number} of */
const number = (of) => (Number.isFinite(Number(of)) ? count(Number(of)) : String(of));

/** @param {{ id: string, wakes: (record: Api.StreamRecord) => boolean }} props */
function Policies({ id, wakes }) {
  const found = useData(`${path('v1', 'agents', id)}/policies`, { wakes, everyMs: 300_000 });
  /** @type {Api.PolicyTextBody[] | undefined} */
  const policies = found.data?.policies;
  const origins = /** @type {Record<string, string>} */ ({ profile: 'made of profiles', catalogue: 'made of the catalogue', file: 'from files', native: 'in the program' });
  return html`<section class="card stack" aria-labelledby="policies"><h2 id="policies">Policies over it ${policies && html`<span class="count">${count(policies.length)}</span>`}</h2>
    ${!policies
      ? html`<${Missing} of=${found} what="its policies" />`
      : Object.entries(origins).map(([origin, told]) => {
          const own = policies.filter((each) => each.origin === origin);
          return own.length > 0 && html`<div class="stack tight"><h3>${told} <span class="quiet">${count(own.length)}</span></h3>
            ${own.map((each) => html`<details class="policy"><summary><code><${Name} of=${each.policy} /></code>${each.mode === 'shadow' && html` <span class="tag plain">shadow</span>`}<span class="sub">${each.scope}</span></summary>
              ${each.file && html`<p class="hint"><code>${each.file}${each.line ? `:${each.line}` : ''}</code></p>`}${each.source ? html`<${Cedar} of=${each.source} label=${`source of ${each.policy}`} />` : html`<p class="quiet">A check of the program; it has no source in the files.</p>`}
              ${origin === 'file' && html`<p class="small"><a href=${href(['policies', each.policy])}>What it did to all agents</a></p>`}
            </details>`)}</div>`;
        })}
  </section>`;
}

/** What is done to an agent, and how it is said. @type {Record<string, [string, string]>} */
const SWITCHES = {
  agent_suspended: ['suspended', 'bad'],
  agent_resumed: ['resumed', 'good'],
  agent_promoted: ['promoted to enforce', 'good'],
  break_glass_opened: ['break-glass opened', 'wait'],
  break_glass_reviewed: ['break-glass reviewed', 'plain'],
};

/** @param {{ id: string, wakes: (record: Api.StreamRecord) => boolean, records: number | undefined }} props */
function Timeline({ id, wakes, records }) {
  const switched = useSwitched(id, records);
  const events = useData(withQuery('/v1/audit/events', { agent: id, limit: 12 }), { wakes });
  const approvals = useData(withQuery('/v1/approvals', { agent: id, limit: 12 }), { wakes });
  if (!events.data) return html`<section class="card stack" aria-labelledby="timeline"><h2 id="timeline">Timeline</h2><${Missing} of=${events} what="what it did" /></section>`;
  /** @type {{ at: string, id: string, shown: any }[]} */
  const entries = events.data.events.map((/** @type {Api.Event} */ event) => ({ at: event.timestamp, id: event.event_id, shown: html`<${Did} of=${event} />` }));
  const oldest = entries.at(-1)?.at ?? '';
  for (const approval of approvals.data?.approvals ?? []) {
    if (approval.ended_at && approval.ended_at >= oldest) entries.push({ at: approval.ended_at, id: approval.id, shown: html`<${Answered} of=${approval} />` });
  }
  for (const record of switched) if (record.at >= oldest) entries.push({ at: record.at, id: String(record.index), shown: html`<${Switched} of=${record} />` });
  entries.sort((a, b) => (a.at < b.at ? 1 : -1));
  return html`<section class="card stack" aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
    ${entries.length === 0
      ? html`<${Empty} title="It has done nothing yet" command=${`syndic keys create --role agent --agent ${id}`}>With a key of its own it may ask:</${Empty}>`
      : html`<ol class="timeline">${entries.slice(0, 14).map((entry) => html`<li key=${entry.id}><${When} at=${entry.at} />${entry.shown}</li>`)}</ol>
        <p class="small"><a href=${href(['actions'], { agent: id })}>All its actions</a></p>`}
  </section>`;
}

/** @param {{ of: Api.Event }} props */
function Did({ of }) {
  const [first] = why(of);
  return html`<div><p><a href=${href(['actions', of.event_id])}><${Name} of=${of.action} /></a> <${Decided} of=${of} /></p><p class="sub">${first ? html`<${Long} of=${`${first.policy}: ${first.reason}`} most=${160} prose />` : html`<${Long} of=${brief(of)} most=${160} />`}</p></div>`;
}

/** @param {{ of: Api.StreamRecord }} props */
function Switched({ of }) {
  const [told, look] = SWITCHES[of.kind] ?? [of.kind, 'plain'];
  return html`<div><p><span class=${`tag ${look}`}>${told}</span>${of.agent === '*' && html`<span class="sub">with all agents</span>`}</p>${of.reason && html`<p class="sub">“<${Long} of=${of.reason} most=${160} />”</p>`}</div>`;
}

/**
 * What was done to an agent: lately, and from now on.
 * @param {string} id
 * @param {number | undefined} records
 */
function useSwitched(id, records) {
  const [found, setFound] = useState(/** @type {Api.StreamRecord[]} */ ([]));
  const isKnown = records !== undefined;
  useEffect(() => {
    if (!isKnown) return undefined;
    const kinds = Object.keys(SWITCHES);
    const isOf = (/** @type {Api.StreamRecord} */ record) => kinds.includes(record.kind) && (record.agent === id || record.agent === '*');
    const more = (/** @type {Api.StreamRecord[]} */ records) => setFound((former) => [...former, ...records.filter((record) => isOf(record) && !former.some((each) => each.index === record.index))]);
    const ends = [lately({ agent: id, kinds: kinds.join(',') }, records, more), onRecord((record) => more([record]))];
    return () => {
      for (const end of ends) end();
    };
  }, [id, isKnown]);
  return found;
}

/** @param {{ of: Api.ApprovalBody }} props */
const Answered = ({ of }) => html`<div><p>request for <a href=${href(['actions', of.action_id])}><${Name} of=${of.action} /></a> <${Status} is=${of.status} /></p>${of.votes.at(-1) && html`<p class="sub">by <${Name} of=${of.votes.at(-1)?.person ?? ''} />${of.ended_at && ` after ${length(Date.parse(of.ended_at) - Date.parse(of.opened_at))}`}</p>`}</div>`;
