// One policy: its source, and what it did.

import { path } from '../api.js';
import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { Card, Command, Fact, Facts, Title } from '../parts/card.js';
import { Missing } from '../parts/said.js';
import { Cedar } from '../parts/source.js';
import { Cell, number, Table, What } from '../parts/table.js';
import { Ago } from '../parts/time.js';
import { href } from '../route.js';
import { Long, Name } from '../text.js';
import { html } from '../view.js';

/** @param {{ name: string }} props */
export function Policy({ name }) {
  const found = useData(path('v1', 'policies', name), {
    wakes: (record) => record.policy === name || record.kind === 'policy_loaded',
  });
  /** @type {Api.PolicyBody | null} */
  const policy = found.data;
  const back = [href(['policies']), 'Policies'];
  if (!policy) return html`<${Title} back=${back} title=${html`<${Name} of=${name} />`} /><${Missing} of=${found} what="the policy" />`;
  return html`<${Title} back=${back} title=${html`<code><${Name} of=${policy.policy} /></code>`}>
      <p class="tags">
        <span class=${`tag ${policy.effect === 'forbid' ? 'bad' : 'plain'}`}>${policy.effect}</span>
        ${policy.severity && html`<span class=${`tag ${policy.severity}`}>${policy.severity} severity</span>`}
        ${policy.mode === 'shadow' && html`<span class="tag plain">shadow: stops nothing</span>`}
      </p>
    </${Title}>
    <div class="two">
      <div class="stack">
        <${Card} id="source" title="Source"><${Source} of=${policy} /></${Card}>
        ${(policy.conditions ?? []).length > 0 && html`<${Card} id="conditions" look="" title="What tests see its conditions answer"><${Conditions} of=${policy.conditions} /></${Card}>`}
      </div>
      <div class="stack aside">
        <${Card} id="did" title="The last 24 hours"><${Did} of=${policy} /></${Card}>
        <${Card} id="tests" title="Tests"><${Tests} of=${policy} /></${Card}>
      </div>
    </div>`;
}

/** @param {{ of: Api.PolicyBody }} props */
function Source({ of }) {
  const texts = of.texts ?? [];
  if (texts.every((each) => !each.source)) return html`<p class="quiet">A check of the program; it has no source in the files.</p>`;
  return texts.map((each) => html`<div class="stack tight">
    <p class="hint">${each.file && html`<code>${each.file}${each.line ? `:${each.line}` : ''}</code> `}${texts.length > 1 && each.scope}</p>
    <${Cedar} of=${each.source} label=${`source of ${of.policy}, ${each.scope}`} />
  </div>`);
}

/** @param {{ of: Api.PolicyBody }} props */
const Did = ({ of }) => html`<${Facts}>
    <${Fact} name="denied">${counted(of.denied_24h, 'time')}</${Fact}>
    <${Fact} name="held">${counted(of.held_24h, 'time')}</${Fact}>
    <${Fact} name="in shadow">${counted(of.shadow_24h, 'time')}</${Fact}>
    <${Fact} name="last"><${Ago} at=${of.last_at} /></${Fact}>
  </${Facts}>
  <p class="small"><a href=${href(['actions'], { policy: of.policy })}>Actions it stood in the way of</a></p>`;

/** @param {{ of: Api.PolicyBody }} props */
function Tests({ of }) {
  if (typeof of.tests !== 'number') return html`<p class="quiet">They are being counted.</p>`;
  const stops = of.covered ? 'it is seen to stop something' : 'none sees it stop anything';
  const seen = of.effect === 'permit' ? 'it permits' : stops;
  return html`${of.tests > 0
      ? html`<p>${counted(of.tests, 'test')} of <code>policies/tests</code> ${of.tests === 1 ? 'asks' : 'ask'} it; ${seen}.</p>`
      : html`<p>No test asks it: nobody would notice if it changed.</p>`}
    ${typeof of.branches === 'number' && html`<p>${count(of.branches_seen ?? 0)} of ${counted(of.branches, 'answer')} of its conditions are seen.</p>`}
    <${Command} of="syndic test" />`;
}

/** @param {{ of: Api.ConditionBody[] }} props */
const Conditions = ({ of }) => html`<${Table} bare columns=${['Condition', number('True'), number('False')]}>
  ${of.map((each) => html`<tr>
    <${What}><code><${Long} of=${each.text} /></code>${each.line && html`<span class="sub">line ${each.line}</span>`}</${What}>
    <${Cell} of="True" look="number"><${Seen} times=${each.held} /></${Cell}>
    <${Cell} of="False" look="number"><${Seen} times=${each.failed} /></${Cell}>
  </tr>`)}
</${Table}>`;

/** @param {{ times: number }} props */
const Seen = ({ times }) => (times > 0 ? counted(times, 'test') : html`<span class="wait">never</span>`);
