// One policy: its source, and what it did.

import { path } from '../api.js';
import { useData } from '../data.js';
import { counted } from '../figure.js';
import { Card, Command, Fact, Facts, Title } from '../parts/card.js';
import { Missing } from '../parts/said.js';
import { Cedar } from '../parts/source.js';
import { Ago } from '../parts/time.js';
import { href } from '../route.js';
import { Name } from '../text.js';
import { html } from '../view.js';

/** @param {{ name: string }} props */
export function Policy({ name }) {
  const found = useData(path('v1', 'policies', name), {
    wakes: (record) => record.policy === name || record.kind === 'policy_loaded',
  });
  /** @type {(Api.PolicyRow & { source: string }) | null} */
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
      <${Card} id="source" title="Source"><${Source} of=${policy} /></${Card}>
      <div class="stack aside">
        <${Card} id="did" title="The last 24 hours"><${Did} of=${policy} /></${Card}>
        <${Card} id="tests" title="Tests"><${Tests} of=${policy} /></${Card}>
      </div>
    </div>`;
}

/** @param {{ of: Api.PolicyRow & { source: string } }} props */
const Source = ({ of }) => html`${of.file && html`<p class="hint"><code>${of.file}${of.line ? `:${of.line}` : ''}</code></p>`}
  ${of.source
    ? html`<${Cedar} of=${of.source} label=${`source of ${of.policy}`} />`
    : html`<p class="quiet">A check of the program; it has no source in the files.</p>`}`;

/** @param {{ of: Api.PolicyRow }} props */
const Did = ({ of }) => html`<${Facts}>
    <${Fact} name="decided">${counted(of.hits_24h, 'time')}</${Fact}>
    <${Fact} name="denied">${counted(of.denied_24h, 'time')}</${Fact}>
    <${Fact} name="held">${counted(of.held_24h, 'time')}</${Fact}>
    <${Fact} name="in shadow">${counted(of.shadow_24h, 'time')}</${Fact}>
    <${Fact} name="last"><${Ago} at=${of.last_at} /></${Fact}>
  </${Facts}>
  <p class="small"><a href=${href(['actions'], { policy: of.policy })}>Actions it stood in the way of</a></p>`;

/** @param {{ of: Api.PolicyRow }} props */
const Tests = ({ of }) => html`${of.tests > 0
    ? html`<p>${counted(of.tests, 'test')} in <code>policies/tests/</code> ${of.covered ? 'see it decide.' : 'reach it, and none sees it decide.'}</p>`
    : html`<p>No test reaches it: nobody would notice if it changed.</p>`}
  <${Command} of="syndic test" />`;
