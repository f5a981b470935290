// Health: whether agents are governed, which one misbehaves, and the stop button.

import { session } from '../api.js';
import { count, counted } from '../figure.js';
import { useData } from '../data.js';
import { Pager } from '../parts/pager.js';
import { Empty, Missing } from '../parts/said.js';
import { Spark } from '../parts/chart.js';
import { Stop } from '../parts/stop.js';
import { Grade, Mode, Risk, State } from '../parts/tag.js';
import { Ago } from '../parts/time.js';
import { href, refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name, Prose, sentence } from '../text.js';
import { html } from '../view.js';

/** Rows on a page; beyond, a browser takes long to lay them out. */
const SIZE = 100;

const RISKS = ['low', 'medium', 'high', 'critical'];

/** How rows are put in order, and what a column says of itself. @type {Record<string, { name: string, by: (agent: Api.AgentOverview) => (number | string)[] }>} */
const ORDERS = {
  attention: {
    name: 'what needs attention',
    by: (agent) => [agent.state === 'suspended' ? 0 : 1, -(agent.anomaly && agent.anomaly.score >= 50 ? agent.anomaly.score : 0), -agent.denied_24h, -agent.approvals_pending, -agent.actions_24h, agent.agent],
  },
  name: { name: 'name', by: (agent) => [agent.name.toLowerCase(), agent.agent] },
  risk: { name: 'risk', by: (agent) => [-RISKS.indexOf(agent.risk_level), agent.agent] },
  actions: { name: 'actions', by: (agent) => [-agent.actions_24h, agent.agent] },
  denied: { name: 'denials', by: (agent) => [-agent.denied_24h, agent.agent] },
  waiting: { name: 'waiting', by: (agent) => [-agent.approvals_pending, agent.agent] },
  unusual: { name: 'unusual', by: (agent) => [-(agent.anomaly?.score ?? 0), agent.agent] },
  seen: { name: 'last seen', by: (agent) => [-(agent.last_seen ? Date.parse(agent.last_seen) : 0), agent.agent] },
};

export function Health() {
  const overview = useData('/v1/overview', { wakes: () => true, everyMs: 30_000 });
  const status = useData('/v1/status', { wakes: (record) => record.kind.startsWith('agent_'), everyMs: 60_000 });
  /** @type {Api.Overview | null} */
  const data = overview.data;
  if (!data) {
    return html`<div class="head"><h1>Health</h1></div><${Missing} of=${overview} what="health" />`;
  }
  const allStopped = status.data?.suspended.includes('*') ?? false;
  const again = () => {
    overview.again();
    status.again();
  };
  return html`<div class="head"><h1>Health</h1><p class="quiet small">as of <${Ago} at=${data.at} /></p></div>
    ${overview.problem && html`<div class="note bad" role="alert"><p>These figures are old. ${sentence(overview.problem.message)}</p></div>`}
    <${Governance} of=${data.governance} totals=${data.totals} agents=${data.agents.length} allStopped=${allStopped} done=${again} />
    <${Agents} of=${data.agents} done=${again} />`;
}

const STATES = /** @type {Record<string, [string, string]>} */ ({
  healthy: ['good', 'Governance is healthy'],
  degraded: ['warn', 'Governance is degraded'],
  down: ['bad', 'Governance is down'],
});

/**
 * @param {{ of: Api.Overview['governance'], totals: Api.Overview['totals'], agents: number, allStopped: boolean, done: () => void }} props
 */
function Governance({ of, totals, agents, allStopped, done }) {
  const [look, told] = STATES[of.state] ?? ['warn', of.state];
  return html`<section class=${`card governance ${look}`} aria-labelledby="governance">
    <div class="told">
      <svg class="sign" viewBox="0 0 24 24" width="34" height="34" aria-hidden="true">${sign(look)}</svg>
      <div>
        <h2 id="governance">${told}</h2>
        <p class="quiet">${said(of, agents)}</p>
      </div>
      <div class="all"><${Stop} agent="*" name="all agents" suspended=${allStopped} done=${done} /></div>
    </div>
    ${allStopped && html`<div class="note bad"><p><strong>All agents are stopped.</strong> Every action is denied until the stop is lifted.</p></div>`}
    ${of.findings.length > 0 && html`<ul class="findings">${[...of.findings].sort((a, b) => (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0)).map((finding) => html`<li key=${finding.id} class=${finding.severity}>
      <span class=${`tag ${finding.severity === 'critical' ? 'critical' : 'medium'}`}>${finding.severity}</span>
      <div><p><strong><${Prose} of=${sentence(finding.told)} /></strong></p><p class="quiet"><${Prose} of=${sentence(finding.remedy)} /></p></div>
    </li>`)}</ul>`}
    <dl class="totals">
      <${Total} name="actions" of=${totals.actions} to=${href(['actions'])} />
      <${Total} name="denied" of=${totals.denied} look=${totals.denied > 0 ? 'bad' : ''} to=${href(['actions'], { allowed: 'false' })} />
      <${Total} name="held for people" of=${totals.held} />
      <${Total} name="waiting now" of=${totals.approvals_pending} look=${totals.approvals_pending > 0 ? 'wait' : ''} to=${href(['approvals'])} />
      <${Total} name="agents suspended" of=${totals.suspended} look=${totals.suspended > 0 ? 'bad' : ''} />
    </dl>
  </section>`;
}

/** @param {{ name: string, of: number, look?: string, to?: string }} props */
const Total = ({ name, of, look = '', to }) => html`<div class=${look}><dt>${name}</dt><dd>${to ? html`<a href=${to}>${count(of)}</a>` : count(of)}</dd></div>`;

/** @param {Api.Overview['governance']} of @param {number} agents */
function said(of, agents) {
  const known = counted(agents, 'agent');
  if (of.findings.length === 0) return `${known} registered. Decisions are made, recorded and sealed; nothing needs you.`;
  const critical = of.findings.filter((finding) => finding.severity === 'critical').length;
  const parts = [critical > 0 && `${critical} critical`, of.findings.length > critical && counted(of.findings.length - critical, 'warning')].filter(Boolean);
  return `${known} registered. ${parts.join(' and ')}: each with what to do.`;
}

/** A tick, an exclamation mark or a cross, so that colour is not all there is. @param {string} look */
function sign(look) {
  const lines = look === 'good' ? 'M7 12.5l3.4 3.4L17 9' : look === 'warn' ? 'M12 6.6v6.6M12 16.8v.4' : 'M8 8l8 8M16 8l-8 8';
  return html`<circle cx="12" cy="12" r="11" /><path d=${lines} fill="none" stroke-width="2.3" stroke-linecap="round" stroke-linejoin="round" />`;
}

/** @param {{ of: Api.AgentOverview[], done: () => void }} props */
function Agents({ of, done }) {
  const { query } = useStore(route);
  useStore(session);
  if (of.length === 0) {
    return html`<${Empty} title="No agent is registered" command="syndic init governance">An agent is a file in <code>agents/</code>: its owner, its risk and what it may do. This writes three to start from:</${Empty}>`;
  }
  const words = (query.get('find') ?? '').toLowerCase();
  const order = ORDERS[query.get('sort') ?? ''] ? (query.get('sort') ?? '') : 'attention';
  const found = of.filter((agent) => [agent.agent, agent.name, agent.owner?.team, agent.owner?.person, agent.state, agent.mode].some((text) => text?.toLowerCase().includes(words)));
  const sorted = found.map((agent) => ({ agent, by: ORDERS[order]?.by(agent) ?? [] })).sort((a, b) => compare(a.by, b.by));
  const page = Math.min(Math.max(1, Number(query.get('page')) || 1), Math.max(1, Math.ceil(found.length / SIZE)));
  const rows = sorted.slice((page - 1) * SIZE, page * SIZE).map(({ agent }) => agent);
  const shows = { unusual: of.some((agent) => agent.anomaly), checklist: of.some((agent) => agent.checklist) };
  return html`<section class="group" aria-labelledby="agents">
    <div class="over">
      <h2 id="agents">Agents <span class="count">${count(found.length)}</span></h2>
      <div class="tools">
        <input type="search" aria-label="Find an agent, owner or state" placeholder="Find an agent, owner or state" value=${query.get('find') ?? ''} onInput=${(/** @type {any} */ event) => refine({ find: event.target.value, page: null })} />
        <select aria-label="Order" value=${order} onChange=${(/** @type {any} */ event) => refine({ sort: event.target.value === 'attention' ? null : event.target.value, page: null })}>
          ${Object.entries(ORDERS).map(([id, { name }]) => html`<option value=${id}>by ${name}</option>`)}
        </select>
      </div>
    </div>
    ${rows.length === 0
      ? html`<${Empty} title="No agent matches"><button class="plain" type="button" onClick=${() => refine({ find: null, page: null })}>Show all ${count(of.length)}</button></${Empty}>`
      : html`<div class="table-card"><table class="table agents">
        <thead><tr>
          <th scope="col">Agent</th><th scope="col">Risk</th><th scope="col">Enforcement</th><th scope="col">Last 24 hours</th>
          <th scope="col" class="number">Waiting</th><th scope="col">Top violation</th>
          ${shows.unusual && html`<th scope="col">Unusual</th>`}${shows.checklist && html`<th scope="col">Checklist</th>`}
          <th scope="col">Last seen</th><th scope="col"><span class="away">Stop</span></th>
        </tr></thead>
        <tbody>${rows.map((agent) => html`<${Row} key=${agent.agent} of=${agent} shows=${shows} done=${done} />`)}</tbody>
      </table></div>
      <${Pager} page=${page} size=${SIZE} total=${found.length} what="agents" />`}
  </section>`;
}

/** @param {{ of: Api.AgentOverview, shows: { unusual: boolean, checklist: boolean }, done: () => void }} props */
function Row({ of, shows, done }) {
  const owner = of.owner && [of.owner.person, of.owner.team].filter(Boolean).join(', ');
  return html`<tr class=${of.state}>
    <th scope="row" class="what">
      <a href=${href(['agents', of.agent])}><${Name} of=${of.name} /></a>
      ${of.state !== 'active' && html` <${State} is=${of.state} />`}
      <span class="sub">${owner ? html`<${Name} of=${owner} />` : html`<span class="bad">nobody answers for it</span>`}</span>
      ${of.suspended_reason && html`<span class="sub bad">“<${Name} of=${of.suspended_reason} most=${120} />”</span>`}
    </th>
    <td data-label="Risk"><${Risk} is=${of.risk_level} plain /></td>
    <td data-label="Enforcement"><${Mode} is=${of.mode} /><span class="sub"><${Grade} is=${of.enforcement_grade} /></span></td>
    <td data-label="Last 24 hours"><div class="activity"><${Spark} hours=${of.hours} />
      <span class="sub">${counted(of.actions_24h, 'action')}${of.denied_24h > 0 && html`, <b class="bad nobreak">${count(of.denied_24h)} denied</b>`}${of.held_24h > 0 && html`, <b class="wait nobreak">${count(of.held_24h)} held</b>`}</span></div></td>
    <td data-label="Waiting" class="number">${of.approvals_pending > 0 ? html`<a class="wait" href=${href(['approvals'], { agent: of.agent })}>${count(of.approvals_pending)}</a>` : html`<span class="quiet">0</span>`}</td>
    <td data-label="Top violation">${of.top_violation ? html`<a href=${href(['actions'], { agent: of.agent, policy: of.top_violation.policy })}><code><${Name} of=${of.top_violation.policy} /></code></a><span class="sub">${counted(of.top_violation.count, 'time')}</span>` : html`<span class="quiet">none</span>`}</td>
    ${shows.unusual && html`<td data-label="Unusual">${of.anomaly ? html`<span class=${of.anomaly.score >= 80 ? 'bad' : of.anomaly.score >= 50 ? 'wait' : ''}><b>${Math.round(of.anomaly.score)}</b> of 100</span><span class="sub"><${Prose} of=${of.anomaly.told} /></span>` : html`<span class="quiet">no</span>`}</td>`}
    ${shows.checklist && html`<td data-label="Checklist">${of.checklist ? html`<${Name} of=${typeof of.checklist === 'string' ? of.checklist : JSON.stringify(of.checklist)} />` : html`<span class="quiet">not made</span>`}</td>`}
    <td data-label="Last seen"><${Ago} at=${of.last_seen} /></td>
    <td class="do"><${Stop} agent=${of.agent} name=${of.name} suspended=${of.state === 'suspended'} done=${done} small /></td>
  </tr>`;
}

/** @param {(number | string)[]} a @param {(number | string)[]} b */
function compare(a, b) {
  for (const [index, one] of a.entries()) {
    const other = b[index] ?? 0;
    if (one < other) return -1;
    if (one > other) return 1;
  }
  return 0;
}
