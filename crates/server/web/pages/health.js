// Health: whether agents are governed, which one misbehaves, and the stop button.

import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { None } from '../parts/card.js';
import { Spark } from '../parts/chart.js';
import { Governance } from '../parts/governance.js';
import { Pager, paged } from '../parts/pager.js';
import { Empty, Missing } from '../parts/said.js';
import { Stop } from '../parts/stop.js';
import { Cell, number, Table, unnamed, What } from '../parts/table.js';
import { Grade, Mode, Risk, State } from '../parts/tag.js';
import { Ago } from '../parts/time.js';
import { href, refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name, Prose, sentence } from '../text.js';
import { html } from '../view.js';

/** From here on a score is worth a look; from there on it is alarming. */
const UNUSUAL = 50;
const ALARMING = 80;

const RISKS = ['low', 'medium', 'high', 'critical'];

/** How rows are put in order: its name, and what is compared, the first difference counting. @type {Record<string, [string, (of: Api.AgentOverview) => (number | string)[]]>} */
const ORDERS = {
  attention: ['what needs attention', (of) => [of.state === 'suspended' ? 0 : 1, -unusual(of), -of.denied_24h, -of.approvals_pending, -of.actions_24h]],
  name: ['name', (of) => [of.name.toLowerCase()]],
  risk: ['risk', (of) => [-RISKS.indexOf(of.risk_level)]],
  actions: ['actions', (of) => [-of.actions_24h]],
  denied: ['denials', (of) => [-of.denied_24h]],
  waiting: ['waiting', (of) => [-of.approvals_pending]],
  unusual: ['unusual', (of) => [-(of.anomaly?.score ?? 0)]],
  seen: ['last seen', (of) => [-Date.parse(of.last_seen ?? '1970-01-01')]],
};

/** @param {Api.AgentOverview} of */
const unusual = ({ anomaly }) => (anomaly && anomaly.score >= UNUSUAL ? anomaly.score : 0);

export function Health() {
  const overview = useData('/v1/overview', { wakes: () => true, everyMs: 30_000 });
  const status = useData('/v1/status', { wakes: (record) => record.kind.startsWith('agent_') });
  /** @type {Api.Overview | null} */
  const data = overview.data;
  if (!data) return html`<div class="head"><h1>Health</h1></div><${Missing} of=${overview} what="health" />`;
  const again = () => (overview.again(), status.again());
  const allStopped = status.data?.suspended.includes('*') ?? false;
  return html`<div class="head"><h1>Health</h1><p class="quiet small">as of <${Ago} at=${data.at} /></p></div>
    ${overview.problem && html`<div class="note bad spaced" role="alert"><p>These figures are old. ${sentence(overview.problem.message)}</p></div>`}
    <${Governance}
      of=${data.governance}
      totals=${data.totals}
      agents=${data.agents.length}
      allStopped=${allStopped}
      done=${again}
    />
    <${Agents} of=${data.agents} allStopped=${allStopped} done=${again} />`;
}

/** @param {{ of: Api.AgentOverview[], allStopped: boolean, done: () => void }} props */
function Agents({ of, allStopped, done }) {
  const { query } = useStore(route);
  if (of.length === 0) {
    return html`<${Empty} title="No agent is registered" command="syndic init governance">
      An agent is a file in <code>agents/</code>: its owner, its risk and what it may do. This writes three to start from:
    </${Empty}>`;
  }
  const find = query.get('find') ?? '';
  const order = ORDERS[query.get('sort') ?? ''] ? (query.get('sort') ?? '') : 'attention';
  const found = of.filter((agent) => says(agent, find.toLowerCase()));
  const shown = paged(sorted(found, order), query.get('page'));
  const has = { anomaly: of.some((each) => each.anomaly), stop: !allStopped };
  return html`<section class="group" aria-labelledby="agents">
    <div class="over">
      <h2 id="agents">Agents <span class="count">${count(found.length)}</span></h2>
      <${Tools} find=${find} order=${order} />
    </div>
    ${found.length === 0
      ? html`<${Empty} title="No agent matches"><button class="plain" type="button" onClick=${() => refine({ find: null, page: null })}>Show all ${count(of.length)}</button></${Empty}>`
      : html`<${Rows} of=${shown.rows} has=${has} done=${done} />
        <${Pager} of=${shown} what="agents" />`}
  </section>`;
}

/** @param {{ find: string, order: string }} props */
const Tools = ({ find, order }) => html`<div class="tools">
  <input
    type="search"
    aria-label="Find an agent or owner"
    placeholder="Find an agent or owner"
    value=${find}
    onInput=${(/** @type {any} */ event) => refine({ find: event.target.value, page: null })}
  />
  <select
    aria-label="Order"
    value=${order}
    onChange=${(/** @type {any} */ event) => refine({ sort: event.target.value === 'attention' ? null : event.target.value, page: null })}
  >
    ${Object.entries(ORDERS).map(([id, [name]]) => html`<option value=${id}>by ${name}</option>`)}
  </select>
</div>`;

/**
 * Columns that nothing is known for yet are left out; and no agent is resumed by itself while all are stopped.
 * @typedef {{ anomaly: boolean, stop: boolean }} Has
 */

/** @param {{ of: Api.AgentOverview[], has: Has, done: () => void }} props */
function Rows({ of, has, done }) {
  const columns = [
    ...['Agent', 'Risk', 'Enforcement', 'Last 24 hours'],
    number('Waiting'),
    'Top violation',
    has.anomaly && 'Unusual',
    'Last seen',
    unnamed('Stop'),
  ];
  return html`<${Table} look="agents" columns=${columns}>
    ${of.map((agent) => html`<${Row} key=${agent.agent} of=${agent} has=${has} done=${done} />`)}
  </${Table}>`;
}

/** @param {{ of: Api.AgentOverview, has: Has, done: () => void }} props */
function Row({ of, has, done }) {
  const { agent, approvals_pending: waiting, top_violation: top } = of;
  return html`<tr class=${of.state}>
    <${What}>
      <a href=${href(['agents', agent])}><${Name} of=${of.name} /></a>
      ${of.state !== 'active' && html` <${State} is=${of.state} />`}
      <span class="sub"><${Name} of=${`${of.owner.person}, ${of.owner.team}`} /></span>
      <${Assessed} of=${of} />
      ${of.suspended_reason && html`<span class="sub bad">“<${Name} of=${of.suspended_reason} most=${120} />”</span>`}
    </${What}>
    <${Cell} of="Risk"><${Risk} is=${of.risk_level} plain /></${Cell}>
    <${Cell} of="Enforcement"><${Mode} is=${of.mode} /><span class="sub"><${Grade} is=${of.enforcement_grade} /></span></${Cell}>
    <${Cell} of="Last 24 hours"><${Activity} of=${of} /></${Cell}>
    <${Cell} of="Waiting" look="number">
      ${waiting > 0 ? html`<a class="wait" href=${href(['approvals'], { agent })}>${count(waiting)}</a>` : html`<${None}>0</${None}>`}
    </${Cell}>
    <${Cell} of="Top violation">
      ${top
        ? html`<a href=${href(['actions'], { agent, policy: top.policy })}><code><${Name} of=${top.policy} /></code></a><span class="sub">${counted(top.count, 'time')}</span>`
        : html`<${None}>none</${None}>`}
    </${Cell}>
    ${has.anomaly && html`<${Cell} of="Unusual"><${Unusual} of=${of.anomaly} /></${Cell}>`}
    <${Cell} of="Last seen"><${Ago} at=${of.last_seen} /></${Cell}>
    <td class="do">${has.stop && html`<${Stop} agent=${agent} name=${of.name} suspended=${of.state === 'suspended'} done=${done} small />`}</td>
  </tr>`;
}

/** @param {{ of: Api.AgentOverview }} props */
const Activity = ({ of }) => html`<div class="activity">
  <${Spark} hours=${of.hours} />
  <span class="sub">
    ${counted(of.actions_24h, 'action')}${of.denied_24h > 0 && html`, <b class="bad nobreak">${count(of.denied_24h)} denied</b>`}${of.held_24h > 0 && html`, <b class="wait nobreak">${count(of.held_24h)} held</b>`}
  </span>
</div>`;

/** @param {{ of: Api.AgentOverview['anomaly'] }} props */
function Unusual({ of }) {
  if (!of) return html`<${None}>no</${None}>`;
  const look = of.score >= ALARMING ? 'bad' : of.score >= UNUSUAL ? 'wait' : '';
  return html`<span class=${look}><b>${Math.round(of.score)}</b> of 100</span><span class="sub"><${Prose} of=${of.told} /></span>`;
}

/** What is known of its duties, where somebody asked. @param {{ of: Api.AgentOverview }} props */
const Assessed = ({ of }) => (of.assessed || of.checklist) && html`<span class="sub">
  <a href=${href(['compliance', of.agent])}>assessed <${Ago} at=${of.assessed} /></a>${of.checklist && html`, checklist ${of.checklist}`}
</span>`;

/** @param {Api.AgentOverview} agent @param {string} words */
const says = ({ agent, name, owner, state, mode }, words) =>
  [agent, name, owner.team, owner.person, state, mode].some((text) => text.toLowerCase().includes(words));

/** @param {Api.AgentOverview[]} agents @param {string} order */
function sorted(agents, order) {
  const by = ORDERS[order]?.[1] ?? (() => []);
  const keyed = agents.map((agent) => ({ agent, by: [...by(agent), agent.agent] }));
  return keyed.sort((a, b) => compare(a.by, b.by)).map(({ agent }) => agent);
}

/** @param {(number | string)[]} a @param {(number | string)[]} b */
function compare(a, b) {
  for (const [index, one] of a.entries()) {
    const other = b[index] ?? 0;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}
