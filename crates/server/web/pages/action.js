// One action: what was asked, by what it was decided, what people said, what came of it, and the proof.

import { path } from '../api.js';
import { useData } from '../data.js';
import { length, count } from '../figure.js';
import { Decided, effectOf } from '../parts/events.js';
import { Missing } from '../parts/said.js';
import { Json } from '../parts/source.js';
import { Effect, Grade, meaning, Mode, Result, Risk, Status } from '../parts/tag.js';
import { When } from '../parts/time.js';
import { href } from '../route.js';
import { Long, Name, Prose } from '../text.js';
import { html, useState } from '../view.js';

/** @param {{ id: string }} props */
export function Action({ id }) {
  const wakes = (/** @type {Api.StreamRecord} */ record) => record.event_id === id || record.kind.startsWith('approval');
  const found = useData(path('v1', 'audit', 'events', id), { wakes });
  const explained = useData(`${path('v1', 'audit', 'events', id)}/explanation`, { wakes });
  /** @type {Api.Event | null} */
  const event = found.data;
  const approval = useData(event?.metadata['approval_id'] ? path('v1', 'approvals', String(event.metadata['approval_id'])) : null, { wakes });
  const back = html`<p class="back"><a href=${href(['actions'])}>← Actions</a></p>`;
  if (!event) return html`<div class="title">${back}<h1>Action</h1></div><${Missing} of=${found} what="the action" />`;
  const decision = explained.data?.decision;
  return html`<div class="title">${back}
      <h1><${Name} of=${event.action} /></h1>
      <p class="tags"><span class="decided"><${Decided} of=${event} /></span><span>by <a href=${href(['agents', event.agent_name])}><${Name} of=${event.agent_name} /></a></span><${When} at=${event.timestamp} /></p>
    </div>
    <div class="two">
      <div class="stack">
        <${Verdict} of=${event} explained=${explained} />
        <section class="card" aria-labelledby="checks"><h2 id="checks">Every check</h2><${Checks} of=${event.policy_checks} /></section>
        <section class="card stack" aria-labelledby="arguments"><h2 id="arguments">Arguments</h2>${event.tool_args ? html`<${Json} of=${event.tool_args} label="arguments as JSON" />` : html`<p class="quiet">${event.metadata['redacted'] ? 'They were erased.' : 'None were recorded.'}</p>`}</section>
        ${decision?.context?.facts && html`<section class="card stack" aria-labelledby="facts"><h2 id="facts">Facts</h2><p class="hint">What policies saw of the arguments.</p><${Facts} of=${decision.context.facts} /></section>`}
        <${Outcome} of=${event} />
      </div>
      <div class="stack aside">
        <section class="card stack" aria-labelledby="about"><h2 id="about">About it</h2><${About} of=${event} decision=${decision} /></section>
        ${approval.data && html`<${Approval} of=${approval.data} />`}
        <${Proof} id=${event.event_id} />
      </div>
    </div>`;
}

/** @param {{ of: Api.Event, explained: { data: Api.Explanation | null, problem: any, again: () => void } }} props */
function Verdict({ of, explained }) {
  const effect = effectOf(of);
  const now = explained.data?.now;
  const title = effect === 'allow' ? 'Why it was allowed' : effect === 'hold' ? 'Why it was held' : 'Why it was denied';
  const reasons = of.policy_checks.filter((check) => check.result !== 'passed');
  return html`<section class="card stack" aria-labelledby="why"><h2 id="why">${title}</h2>
    ${reasons.length === 0 ? html`<p>Nothing stood in its way: every check passed.</p>` : html`<ul class="reasons">${reasons.map((check) => html`<li class=${check.result}><span><${Prose} of=${check.reason ?? 'no reason is recorded'} /></span><code class="quiet"><${Name} of=${check.policy} />${check.shadow ? ' (shadow)' : ''}</code></li>`)}</ul>`}
    ${explained.problem && html`<p class="hint">What would let it pass cannot be told: <${Prose} of=${explained.problem.message} />.</p>`}
    ${explained.data?.unreadable && html`<p class="hint">What would let it pass cannot be told: ${explained.data.unreadable}.</p>`}
    ${now && effect !== 'allow' && html`<div class="stack tight"><h3>What would have let it pass</h3>
      ${now.effect === 'allow' && html`<p>By the files in force now it would be allowed.</p>`}
      <ul class="advice">${now.obstacles.map((each) => html`<li><code><${Name} of=${each.check.policy} /></code>${each.origin && html` <span class="quiet">of ${each.origin}</span>`}
        ${each.approval && html`<p>the approval of <${Name} of=${each.approval} /></p>`}
        ${each.change && html`<p>${each.approval && 'or '}<${Prose} of=${each.change} /></p>`}
        ${each.advice && html`<p><${Prose} of=${each.advice} /></p>`}</li>`)}</ul>
      ${now.together && now.obstacles.length > 1 && html`<p>With each change made: <${Effect} is=${now.together} /></p>`}</div>`}
  </section>`;
}

/** @param {{ of: Api.PolicyCheck[] }} props */
const Checks = ({ of }) => html`<table class="table checks"><thead><tr><th scope="col">Policy</th><th scope="col">Result</th><th scope="col">Severity</th><th scope="col">Reason</th></tr></thead>
  <tbody>${of.map((check) => html`<tr><th scope="row"><code><${Name} of=${check.policy} /></code>${check.shadow && html`<span class="sub">shadow: stops nothing</span>`}</th>
    <td data-label="Result"><${Result} is=${check.result} /></td><td data-label="Severity">${check.severity ?? html`<span class="quiet">–</span>`}</td>
    <td data-label="Reason">${check.reason ? html`<${Long} of=${check.reason} prose />` : html`<span class="quiet">–</span>`}</td></tr>`)}</tbody></table>`;

/** @param {{ of: Record<string, unknown> }} props */
function Facts({ of }) {
  const known = Object.entries(of).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  if (known.length === 0) return html`<p class="quiet">None: the action has no amount, recipient or content.</p>`;
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name.replaceAll('_', ' ')}</dt><dd>${Array.isArray(value) ? value.map((each) => html`<div><${Long} of=${typeof each === 'string' ? each : JSON.stringify(each)} /></div>`) : html`<${Long} of=${typeof value === 'object' ? JSON.stringify(value) : String(value)} />`}</dd></div>`)}</dl>`;
}

/** @param {{ of: Api.Event }} props */
function Outcome({ of }) {
  if (!of.allowed) return null;
  const tokens = [of.input_tokens, of.output_tokens];
  return html`<section class="card stack" aria-labelledby="outcome"><h2 id="outcome">Outcome</h2>
    ${of.metadata['overdue'] && html`<div class="note warn"><p>It was not reported in time.</p></div>`}
    ${of.tool_result === null || of.tool_result === undefined
      ? html`<p class="quiet">${of.duration_ms === null || of.duration_ms === undefined ? 'Not reported yet. Whoever ran the action has 15 minutes from its permit.' : 'It was reported without a result.'}</p>`
      : html`<${Json} of=${of.tool_result} label="result as JSON" />`}
    ${of.duration_ms !== null && of.duration_ms !== undefined && html`<dl class="facts"><div><dt>took</dt><dd>${length(of.duration_ms)}</dd></div>${tokens[0] !== null && tokens[0] !== undefined && html`<div><dt>tokens</dt><dd>${count(tokens[0])} in, ${count(tokens[1] ?? 0)} out</dd></div>`}</dl>`}
  </section>`;
}

/** @param {{ of: Api.Event, decision?: Api.DecisionBody }} props */
function About({ of, decision }) {
  const known = (/** @type {unknown} */ text) => (text && text !== 'unknown' ? html`<${Long} of=${String(text)} most=${80} />` : html`<span class="quiet">not told</span>`);
  const risk = of.metadata['risk_level'];
  return html`<dl class="facts">
    <div><dt>owner</dt><dd>${known(of.metadata['owner'])}</dd></div>
    <div><dt>mode</dt><dd><${Mode} is=${String(of.metadata['mode'] ?? '')} /></dd></div>
    <div><dt>enforcement</dt><dd><${Grade} is=${String(of.metadata['enforcement_grade'] ?? '')} /><span class="sub">${meaning(String(of.metadata['enforcement_grade']))}</span></dd></div>
    ${risk && html`<div><dt>risk</dt><dd><${Risk} is=${String(risk)} plain /></dd></div>`}
    <div><dt>tool</dt><dd>${of.tool_name ? known(of.tool_name) : html`<span class="quiet">the action's own</span>`}</dd></div>
    <div><dt>session</dt><dd>${known(of.session_id)}</dd></div>
    <div><dt>user</dt><dd>${known(of.user_id)}</dd></div>
    <div><dt>model</dt><dd>${known(of.model)}</dd></div>
    <div><dt>version</dt><dd>${known(of.agent_version)}</dd></div>
    ${decision && html`<div><dt>record</dt><dd>${count(decision.record)}</dd></div><div><dt>policies</dt><dd><a href=${href(['policies', 'revisions', decision.policy_revision])}><code>${decision.policy_revision}</code></a></dd></div><div><dt>asked by</dt><dd><code>${decision.asked_by}</code></dd></div>`}
    <div><dt>id</dt><dd><code>${of.event_id}</code></dd></div>
  </dl>`;
}

/** @param {{ of: Api.ApprovalBody }} props */
const Approval = ({ of }) => html`<section class="card stack" aria-labelledby="approval"><h2 id="approval">Approval</h2>
  <p><${Status} is=${of.status} /></p>
  <dl class="facts">
    ${of.groups.map((group) => html`<div><dt><${Name} of=${group.group} /></dt><dd>${group.approved} of ${group.needed} approved</dd></div>`)}
    <div><dt>asked</dt><dd><${When} at=${of.opened_at} /></dd></div>
    ${of.ended_at ? html`<div><dt>ended</dt><dd><${When} at=${of.ended_at} /></dd></div>` : html`<div><dt>until</dt><dd><${When} at=${of.expires_at} /></dd></div>`}
  </dl>
  ${of.votes.length > 0 && html`<ul class="reasons">${of.votes.map((vote) => html`<li class=${vote.vote === 'approve' ? 'passed' : 'blocked'}><span><${Name} of=${vote.person} />: ${vote.vote}${vote.reason && html`, “<${Long} of=${vote.reason} />”`}</span><span class="quiet small"><${When} at=${vote.at} /></span></li>`)}</ul>`}
  ${of.status === 'pending' && html`<p class="hint"><a href=${`/approvals/${of.id}`}>The page on which approvers answer</a></p>`}
</section>`;

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
  return html`<section class="card stack" aria-labelledby="proof"><h2 id="proof">Proof</h2>
    <p>Every record of this action, each with a proof that it is in the ledger. Whoever does not trust this server checks it without it:</p>
    <pre class="command" tabindex="0" aria-label="command"><code>syndic audit verify proof-${id}.txt --vkey log.vkey</code></pre>
    ${wrong && html`<div class="note bad" role="alert"><p>${wrong}</p></div>`}
    <button type="button" class="plain" onClick=${download}>Download the proof</button>
  </section>`;
}
