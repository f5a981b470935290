// Why an action was decided as it was, and what would have let it pass.

import { Name, Prose } from '../text.js';
import { html } from '../view.js';
import { effectOf } from './events.js';
import { Effect } from './tag.js';

/** The question that the reasons answer. @param {Api.Event} event */
export function verdict(event) {
  const effect = effectOf(event);
  return effect === 'allow' ? 'Why it was allowed' : effect === 'hold' ? 'Why it was held' : 'Why it was denied';
}

/** @param {{ of: Api.Event, explained: { data: Api.Explanation | null, problem: any } }} props */
export function Reasons({ of, explained: { data, problem } }) {
  const reasons = of.policy_checks.filter((check) => check.result !== 'passed');
  const untold = problem?.message ?? data?.unreadable;
  return html`${reasons.length === 0
      ? html`<p>Nothing stood in its way: every check passed.</p>`
      : html`<ul class="reasons">${reasons.map((check) => html`<${Reason} of=${check} />`)}</ul>`}
    ${untold && html`<p class="hint">What would let it pass cannot be told: <${Prose} of=${untold} />.</p>`}
    ${data?.now && effectOf(of) !== 'allow' && html`<${Remedy} of=${data.now} />`}`;
}

/** @param {{ of: Api.PolicyCheck }} props */
const Reason = ({ of }) => html`<li class=${of.result}>
  <span><${Prose} of=${of.reason ?? 'no reason is recorded'} /></span>
  <code class="quiet"><${Name} of=${of.policy} />${of.shadow && ' (shadow)'}</code>
</li>`;

/** @param {{ of: Api.NowBody }} props */
const Remedy = ({ of }) => html`<div class="stack tight">
  <h3>What would have let it pass</h3>
  ${of.effect === 'allow' && html`<p>By the files in force now it would be allowed.</p>`}
  <ul class="advice">${of.obstacles.map((each) => html`<${Obstacle} of=${each} />`)}</ul>
  ${of.together && of.obstacles.length > 1 && html`<p>With each change made: <${Effect} is=${of.together} /></p>`}
</div>`;

/** @param {{ of: Api.ObstacleBody }} props */
const Obstacle = ({ of }) => html`<li>
  <code><${Name} of=${of.check.policy} /></code>${of.origin && html` <span class="quiet">of ${of.origin}</span>`}
  ${of.approval && html`<p>the approval of <${Name} of=${of.approval} /></p>`}
  ${of.change && html`<p>${of.approval && 'or '}<${Prose} of=${of.change} /></p>`}
  ${of.advice && html`<p><${Prose} of=${of.advice} /></p>`}
</li>`;
