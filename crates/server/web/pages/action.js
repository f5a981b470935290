// One action: what was asked, by what it was decided, what people said, what came of it, and the proof.

import { path } from '../api.js';
import { useData } from '../data.js';
import { count, length } from '../figure.js';
import { Card, Command, Fact, Facts, None, Title } from '../parts/card.js';
import { Decided } from '../parts/events.js';
import { Missing } from '../parts/said.js';
import { Json } from '../parts/source.js';
import { Cell, Table } from '../parts/table.js';
import { Grade, meaning, Mode, Result, Status } from '../parts/tag.js';
import { When } from '../parts/time.js';
import { Reasons, verdict } from '../parts/verdict.js';
import { href } from '../route.js';
import { Long, Name } from '../text.js';
import { html, useState } from '../view.js';

/** @param {{ id: string }} props */
export function Action({ id }) {
  /** @param {Api.StreamRecord} record */
  const wakes = (record) => record.event_id === id || record.kind === 'policy_loaded';
  const found = useData(path('v1', 'audit', 'events', id), { wakes });
  const explained = useData(`${path('v1', 'audit', 'events', id)}/explanation`, { wakes });
  /** @type {Api.Event | null} */
  const event = found.data;
  const held = event?.metadata['approval_id'];
  const approval = useData(held ? path('v1', 'approvals', String(held)) : null, { wakes });
  const back = [href(['actions']), 'Actions'];
  if (!event) return html`<${Title} back=${back} title="Action" /><${Missing} of=${found} what="the action" />`;
  /** @type {Api.DecisionBody | undefined} */
  const decision = explained.data?.decision;
  const facts = decision?.context?.['facts'];
  return html`<${Title} back=${back} title=${html`<${Name} of=${event.action} />`}>
      <p class="tags">
        <span class="decided"><${Decided} of=${event} /></span>
        <span>by <a href=${href(['agents', event.agent_name])}><${Name} of=${event.agent_name} /></a></span>
        <${When} at=${event.timestamp} />
      </p>
    </${Title}>
    <div class="two">
      <div class="stack">
        <${Card} id="why" title=${verdict(event)}><${Reasons} of=${event} explained=${explained} /></${Card}>
        <${Card} id="checks" look="" title="Every check"><${Checks} of=${event.policy_checks} /></${Card}>
        <${Card} id="arguments" title="Arguments"><${Arguments} of=${event} /></${Card}>
        ${facts && html`<${Card} id="facts" title="Facts"><p class="hint">What policies saw of the arguments.</p><${Seen} of=${facts} /></${Card}>`}
        ${event.allowed && html`<${Card} id="outcome" title="Outcome"><${Outcome} of=${event} /></${Card}>`}
      </div>
      <div class="stack aside">
        <${Card} id="about" title="About it"><${About} of=${event} decision=${decision} /></${Card}>
        ${approval.data && html`<${Card} id="approval" title="Approval"><${Approval} of=${approval.data} /></${Card}>`}
        <${Card} id="proof" title="Proof"><${Proof} id=${event.event_id} /></${Card}>
      </div>
    </div>`;
}

/** @param {{ of: Api.PolicyCheck[] }} props */
const Checks = ({ of }) => html`<${Table} bare look="checks" columns=${['Policy', 'Result', 'Severity', 'Reason']}>
  ${of.map((check) => html`<tr>
    <th scope="row"><code><${Name} of=${check.policy} /></code>${check.shadow && html`<span class="sub">shadow: stops nothing</span>`}</th>
    <${Cell} of="Result"><${Result} is=${check.result} /></${Cell}>
    <${Cell} of="Severity">${check.severity ?? html`<${None} />`}</${Cell}>
    <${Cell} of="Reason">${check.reason ? html`<${Long} of=${check.reason} prose />` : html`<${None} />`}</${Cell}>
  </tr>`)}
</${Table}>`;

/** @param {{ of: Api.Event }} props */
function Arguments({ of }) {
  if (of.tool_args) return html`<${Json} of=${of.tool_args} label="arguments as JSON" />`;
  return html`<p class="quiet">${of.metadata['redacted'] ? 'They were erased.' : 'None were recorded.'}</p>`;
}

/** @param {{ of: Record<string, unknown> }} props */
function Seen({ of }) {
  const known = Object.entries(of).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  if (known.length === 0) return html`<p class="quiet">None: the action has no amount, recipient or content.</p>`;
  return html`<${Facts}>${known.map(([name, value]) => html`<${Fact} name=${name.replaceAll('_', ' ')}>
    ${[value].flat().map((each) => html`<div><${Long} of=${typeof each === 'object' ? JSON.stringify(each) : String(each)} /></div>`)}
  </${Fact}>`)}</${Facts}>`;
}

/** @param {{ of: Api.Event }} props */
function Outcome({ of }) {
  const { duration_ms: took, tool_result: result, input_tokens: asked, output_tokens: answered } = of;
  const isReported = typeof took === 'number' || (result !== null && result !== undefined);
  return html`${of.metadata['overdue'] && html`<div class="note warn"><p>It was not reported in time.</p></div>`}
    ${!isReported && html`<p class="quiet">Not reported yet. Whoever ran the action has 15 minutes.</p>`}
    ${result && html`<${Json} of=${result} label="result as JSON" />`}
    <${Facts}>
      ${typeof took === 'number' && html`<${Fact} name="took">${length(took)}</${Fact}>`}
      ${typeof asked === 'number' && html`<${Fact} name="tokens">${count(asked)} in, ${count(answered ?? 0)} out</${Fact}>`}
    </${Facts}>`;
}

/** @param {{ of: Api.Event, decision?: Api.DecisionBody }} props */
function About({ of, decision }) {
  const grade = String(of.metadata['enforcement_grade'] ?? '');
  return html`<${Facts}>
    <${Fact} name="owner"><${Told} of=${of.metadata['owner']} /></${Fact}>
    <${Fact} name="mode"><${Mode} is=${String(of.metadata['mode'] ?? '')} /></${Fact}>
    <${Fact} name="enforcement"><${Grade} is=${grade} /><span class="sub">${meaning(grade)}</span></${Fact}>
    <${Fact} name="tool">${of.tool_name ? html`<${Told} of=${of.tool_name} />` : html`<${None}>the action's own</${None}>`}</${Fact}>
    <${Fact} name="session"><${Told} of=${of.session_id} /></${Fact}>
    <${Fact} name="user"><${Told} of=${of.user_id} /></${Fact}>
    <${Fact} name="model"><${Told} of=${of.model} /></${Fact}>
    <${Fact} name="version"><${Told} of=${of.agent_version} /></${Fact}>
    ${decision && html`
      <${Fact} name="record">${count(decision.record)}</${Fact}>
      <${Fact} name="policies"><a href=${href(['policies', 'revisions', decision.policy_revision])}><code>${decision.policy_revision}</code></a></${Fact}>
      <${Fact} name="asked by"><code>${decision.asked_by}</code></${Fact}>`}
    <${Fact} name="id"><code>${of.event_id}</code></${Fact}>
  </${Facts}>`;
}

/** What the caller may have left out. @param {{ of: unknown }} props */
const Told = ({ of }) => (of && of !== 'unknown' ? html`<${Long} of=${String(of)} most=${80} />` : html`<${None}>not told</${None}>`);

/** @param {{ of: Api.ApprovalBody }} props */
const Approval = ({ of }) => html`<p><${Status} is=${of.status} /></p>
  <${Facts}>
    ${of.groups.map(({ group, approved, needed }) => html`<${Fact} name=${html`<${Name} of=${group} />`}>${approved} of ${needed} approved</${Fact}>`)}
    <${Fact} name="asked"><${When} at=${of.opened_at} /></${Fact}>
    <${Fact} name=${of.ended_at ? 'ended' : 'until'}><${When} at=${of.ended_at ?? of.expires_at} /></${Fact}>
  </${Facts}>
  ${of.votes.length > 0 && html`<ul class="reasons">${of.votes.map((vote) => html`<${Vote} of=${vote} />`)}</ul>`}
  ${of.status === 'pending' && html`<p class="hint"><a href=${`/approvals/${of.id}`}>The page on which approvers answer</a></p>`}`;

/** @param {{ of: Api.VoteBody }} props */
const Vote = ({ of }) => html`<li class=${of.vote === 'approve' ? 'passed' : 'blocked'}>
  <span><${Name} of=${of.person} />: ${of.vote}${of.reason && html`, “<${Long} of=${of.reason} />”`}</span>
  <span class="quiet small"><${When} at=${of.at} /></span>
</li>`;

/** @param {{ id: string }} props */
function Proof({ id }) {
  const [wrong, setWrong] = useState('');
  async function download() {
    setWrong('');
    try {
      const answer = await fetch(`${path('v1', 'audit', 'events', id)}/proof`);
      if (!answer.ok) throw new Error((await answer.json()).detail);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `proof-${id}.txt`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    } catch (error) {
      setWrong(/** @type {Error} */ (error).message);
    }
  }
  return html`<p>Every record of this action, each with a proof that it is in the ledger. Whoever does not trust this server checks it without it:</p>
    <${Command} of=${`syndic audit verify proof-${id}.txt --vkey log.vkey`} />
    ${wrong && html`<div class="note bad" role="alert"><p>${wrong}</p></div>`}
    <button type="button" class="plain" onClick=${download}>Download the proof</button>`;
}
