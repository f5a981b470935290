// One agent: who answers for it, what it may do, how much of its limits is used, and what it did.

import { path } from '../api.js';
import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { Card, Fact, Facts, Title } from '../parts/card.js';
import { Day, Usage } from '../parts/chart.js';
import { Missing } from '../parts/said.js';
import { Cedar } from '../parts/source.js';
import { Stop } from '../parts/stop.js';
import { Grade, meaning, Mode, Risk, State } from '../parts/tag.js';
import { Ago, When } from '../parts/time.js';
import { Timeline } from '../parts/timeline.js';
import { href } from '../route.js';
import { cut, Long, Name, Prose } from '../text.js';
import { html } from '../view.js';

/** @param {{ id: string }} props */
export function Agent({ id }) {
  /** @param {Api.StreamRecord} record */
  const wakes = (record) => record.agent === id || record.agent === '*' || record.kind === 'policy_loaded';
  const profile = useData(path('v1', 'agents', id), { wakes });
  const overview = useData('/v1/overview', { wakes });
  const status = useData('/v1/status', { wakes: (record) => record.kind.startsWith('agent_') });
  const limits = useData(`${path('v1', 'agents', id)}/limits`, { wakes, everyMs: 15_000 });
  const policies = useData(`${path('v1', 'agents', id)}/policies`, { wakes: (record) => record.kind === 'policy_loaded' });
  /** @type {Api.AgentBody | null} */
  const agent = profile.data;
  const back = [href([]), 'Health'];
  if (!agent) return html`<${Title} back=${back} title=${html`<${Name} of=${id} />`} /><${Missing} of=${profile} what="the agent" />`;
  /** @type {Api.AgentOverview | undefined} */
  const row = overview.data?.agents.find((/** @type {Api.AgentOverview} */ each) => each.agent === id);
  const allStopped = status.data?.suspended.includes('*') ?? false;
  const again = () => (profile.again(), overview.again(), status.again());
  return html`<div class="head agent-head">
      <${Title} back=${back} title=${html`<${Name} of=${agent.name} most=${120} />`}>
        <p class="tags">
          <${State} is=${agent.suspended ? 'suspended' : agent.state} /><${Risk} is=${agent.risk_level} />
          <code>${agent.id}</code><span class="quiet">last seen <${Ago} at=${agent.last_seen} /></span>
        </p>
      </${Title}>
      ${!(allStopped && agent.suspended) && html`<${Stop} agent=${agent.id} name=${agent.name} suspended=${agent.suspended} done=${again} />`}
    </div>
    ${agent.suspended && html`<${Suspended} of=${agent} allStopped=${allStopped} />`}
    ${row?.anomaly && row.anomaly.score >= 50 && html`<div class="note warn spaced">
      <p><strong>Unusual (${Math.round(row.anomaly.score)} of 100):</strong> <${Prose} of=${row.anomaly.told} /></p>
    </div>`}
    <div class="two">
      <div class="stack">
        <${Card} id="day" title="The last 24 hours">${row ? html`<${Activity} of=${row} />` : html`<${Missing} of=${overview} what="its activity" />`}</${Card}>
        <${Card} id="timeline" title="Timeline"><${Timeline} id=${id} wakes=${wakes} records=${status.data?.records} /></${Card}>
        <${Card} id="policies" title=${html`Policies over it ${policies.data && html`<span class="count">${count(policies.data.policies.length)}</span>`}`}>
          ${policies.data ? html`<${Policies} of=${policies.data.policies} />` : html`<${Missing} of=${policies} what="its policies" />`}
        </${Card}>
      </div>
      <div class="stack aside">
        <${Card} id="profile" title="Profile"><${Profile} of=${agent} /></${Card}>
        <${Card} id="limits" title="Limits">${limits.data ? html`<${Limits} of=${limits.data.limits} />` : html`<${Missing} of=${limits} what="its limits" />`}</${Card}>
        <${Card} id="may" title="What it may do"><${May} of=${agent} /></${Card}>
      </div>
    </div>`;
}

/** @param {{ of: Api.AgentBody, allStopped: boolean }} props */
const Suspended = ({ of, allStopped }) => html`<div class="note bad spaced">
  <p>
    <strong>${allStopped ? 'All agents are stopped' : 'It is suspended'}: every action is denied.</strong>${' '}
    Reason: <${Long} of=${of.suspended_reason ?? 'not told'} />
  </p>
  ${allStopped && html`<p>The stop of all is lifted on <a href="#/">Health</a>.</p>`}
</div>`;

/** @param {{ of: Api.AgentOverview }} props */
const Activity = ({ of }) => html`<p>${counted(of.actions_24h, 'action')}, ${count(of.denied_24h)} denied, ${count(of.held_24h)} held</p>
  <${Day} hours=${of.hours} />`;

/** @param {{ of: Api.AgentBody }} props */
const Profile = ({ of }) => html`<p><${Long} of=${of.purpose} /></p>
  <${Facts}>
    ${cut(of.name, 120)[1] && html`<${Fact} name="name"><${Long} of=${of.name} most=${60} /></${Fact}>`}
    <${Fact} name="owner"><${Name} of=${of.owner.person} /></${Fact}>
    <${Fact} name="team"><${Name} of=${of.owner.team} /></${Fact}>
    <${Fact} name="contact"><${Contact} of=${of.owner.contact} /></${Fact}>
    <${Fact} name="mode">
      <${Mode} is=${of.mode} />
      <span class="sub">${of.mode === 'observe' ? 'decided and recorded; nothing is stopped' : 'what is denied or held does not run'}</span>
    </${Fact}>
    <${Fact} name="enforcement"><${Grade} is=${of.enforcement_grade} /><span class="sub">${meaning(of.enforcement_grade ?? '')}</span></${Fact}>
    <${Fact} name="at most">${of.max_transaction_amount} <span class="sub">a transaction</span></${Fact}>
    <${Fact} name="asks people">${of.requires_human_approval ? 'yes' : 'no'}${of.approvers && html`: <${Name} of=${of.approvers} />`}</${Fact}>
    <${Fact} name="version"><${Name} of=${of.version} /></${Fact}>
    <${Fact} name="file"><code>${of.file}</code></${Fact}>
  </${Facts}>`;

/** @param {{ of: string }} props */
const Contact = ({ of }) => (/^[^\s@?&]+@[^\s@?&]+$/.test(of) ? html`<a href=${`mailto:${of}`}><${Name} of=${of} /></a>` : html`<${Name} of=${of} />`);

/** @param {{ of: Api.AgentBody }} props */
const May = ({ of }) => html`<div class="stack tight">
    <h3>Capabilities</h3>
    ${of.capabilities.length > 0
      ? html`<ul class="chips">${of.capabilities.map((name) => html`<li>${name.replaceAll('_', ' ')}</li>`)}</ul>`
      : html`<p class="quiet">None: it only reads.</p>`}
  </div>
  <div class="stack tight">
    <h3>Actions</h3>
    ${of.actions && of.actions.length > 0
      ? html`<ul class="chips">${of.actions.map((action) => html`<li><a href=${href(['actions'], { agent: of.id, action })}><code>${action}</code></a></li>`)}</ul>`
      : html`<p class="quiet">None.</p>`}
  </div>`;

/** @param {{ of: Api.LimitBody[] }} props */
function Limits({ of }) {
  if (of.length === 0) return html`<p class="quiet">None is set. In its file: <code>limits: [{ per: minute, calls: 60 }]</code></p>`;
  return html`<ul class="limits">${of.map((limit) => html`<li><${Limit} of=${limit} /></li>`)}</ul>`;
}

/** @param {{ of: Api.LimitBody }} props */
function Limit({ of }) {
  const [used, most] = [Number(of.used), Number(of.most)];
  const told = `${of.over ? 'more than ' : ''}${figure(of.used)} of ${figure(of.most)} ${of.unit}`;
  const what = of.counts.length > 0 ? of.counts.join(', ').replaceAll('_', ' ') : 'all actions';
  const part = of.over || most === 0 ? 1 : used / most;
  return html`<div class="limit"><span><${Name} of=${what} /> <span class="quiet">per ${of.per}</span></span><b>${told}</b></div>
    <${Usage} part=${part} label=${`${what} per ${of.per}: ${told}`} />
    ${typeof of.apart === 'number' && html`<span class="sub">by the ${of.per} that used most, of ${count(of.apart)}</span>`}
    ${part >= 0.8 && of.eases_at && html`<span class="sub">some is free again at <${When} at=${of.eases_at} /></span>`}`;
}

/** An exact decimal, for people. @param {string} of */
const figure = (of) => (Number.isFinite(Number(of)) ? count(Number(of)) : of);

const ORIGINS = { profile: 'Made of profiles', catalogue: 'Made of the catalogue', file: 'From files', native: 'In the program' };

/** @param {{ of: Api.PolicyTextBody[] }} props */
const Policies = ({ of }) => Object.entries(ORIGINS).map(([origin, told]) => {
  const own = of.filter((each) => each.origin === origin);
  if (own.length === 0) return null;
  return html`<div class="stack tight">
    <h3>${told} <span class="quiet">${count(own.length)}</span></h3>
    ${[...Map.groupBy(own, (each) => each.policy)].map(([policy, parts]) => html`<${Policy} name=${policy} of=${parts} />`)}
  </div>`;
});

/** Compiled policies share their name: each is a part of what it says. @param {{ name: string, of: Api.PolicyTextBody[] }} props */
const Policy = ({ name, of }) => html`<details class="policy">
  <summary>
    <code><${Name} of=${name} /></code>${of.every((each) => each.mode === 'shadow') && html` <span class="tag plain">shadow</span>`}
    <span class="sub">${of.length === 1 ? of[0]?.scope : counted(of.length, 'part')}</span>
  </summary>
  ${of.map((each) => html`<div class="part">
    ${each.file && html`<p class="hint"><code>${each.file}${each.line ? `:${each.line}` : ''}</code></p>`}
    ${each.source
      ? html`<${Cedar} of=${each.source} label=${`source of ${name}, ${each.scope}`} />`
      : html`<p class="quiet">A check of the program; it has no source in the files.</p>`}
  </div>`)}
  <p class="small"><a href=${href(['policies', name])}>What it did to all agents</a></p>
</details>`;
