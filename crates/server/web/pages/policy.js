// One policy: its source, and what it did.

import { path } from '../api.js';
import { useData } from '../data.js';
import { count } from '../figure.js';
import { Missing } from '../parts/said.js';
import { Cedar } from '../parts/source.js';
import { Ago } from '../parts/time.js';
import { href } from '../route.js';
import { Name } from '../text.js';
import { html } from '../view.js';

/** @param {{ name: string }} props */
export function Policy({ name }) {
  const found = useData(path('v1', 'policies', name), { wakes: (record) => record.policy === name || record.kind === 'policy_loaded' });
  /** @type {(Api.PolicyRow & { source: string }) | null} */
  const policy = found.data;
  const back = html`<p class="back"><a href=${href(['policies'])}>← Policies</a></p>`;
  if (!policy) return html`<div class="title">${back}<h1><${Name} of=${name} /></h1></div><${Missing} of=${found} what="the policy" />`;
  return html`<div class="title">${back}<h1><code><${Name} of=${policy.policy} /></code></h1>
      <p class="tags"><span class=${`tag ${policy.effect === 'forbid' ? 'bad' : 'plain'}`}>${policy.effect}</span>${policy.severity && html`<span class=${`tag ${policy.severity}`}>${policy.severity} severity</span>`}${policy.mode === 'shadow' && html`<span class="tag plain">shadow: stops nothing</span>`}</p></div>
    <div class="two">
      <section class="card stack" aria-labelledby="source"><h2 id="source">Source</h2>
        ${policy.file && html`<p class="hint"><code>${policy.file}${policy.line ? `:${policy.line}` : ''}</code></p>`}
        ${policy.source ? html`<${Cedar} of=${policy.source} label=${`source of ${policy.policy}`} />` : html`<p class="quiet">A check of the program; it has no source in the files.</p>`}</section>
      <div class="stack aside">
        <section class="card stack" aria-labelledby="did"><h2 id="did">The last 24 hours</h2>
          <dl class="facts">
            <div><dt>decided</dt><dd>${count(policy.hits_24h)} times</dd></div>
            <div><dt>denied</dt><dd>${count(policy.denied_24h)} times</dd></div>
            <div><dt>held</dt><dd>${count(policy.held_24h)} times</dd></div>
            <div><dt>in shadow</dt><dd>${count(policy.shadow_24h)} times</dd></div>
            <div><dt>last</dt><dd><${Ago} at=${policy.last_at} /></dd></div>
          </dl>
          <p class="small"><a href=${href(['actions'], { policy: policy.policy })}>Actions it stood in the way of</a></p></section>
        <section class="card stack" aria-labelledby="tests"><h2 id="tests">Tests</h2>
          ${policy.tests > 0 ? html`<p>${count(policy.tests)} of the tests in <code>policies/tests/</code> reach it; ${policy.covered ? 'they see it decide.' : 'none sees it decide.'}</p>` : html`<p>No test reaches it: nobody would notice if it changed.</p>`}
          <pre class="command" tabindex="0" aria-label="command"><code>syndic test</code></pre></section>
      </div>
    </div>`;
}
