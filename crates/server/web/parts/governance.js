// Whether governance itself is well: above all agents, with what to do where it is not.

import { count, counted } from '../figure.js';
import { href } from '../route.js';
import { Prose, sentence } from '../text.js';
import { html } from '../view.js';
import { Stop } from './stop.js';

/** How a state looks, how it is said, and its sign: a tick, an exclamation mark or a cross, so that colour is not all. */
const STATES = /** @type {Record<string, [string, string, string]>} */ ({
  healthy: ['good', 'Governance is healthy', 'M7 12.5l3.4 3.4L17 9'],
  degraded: ['warn', 'Governance is degraded', 'M12 6.6v6.6M12 16.8v.4'],
  down: ['bad', 'Governance is down', 'M8 8l8 8M16 8l-8 8'],
});

/**
 * @param {{ of: Api.Overview['governance'], totals: Api.Overview['totals'], agents: number, allStopped: boolean, done: () => void }} props
 */
export function Governance({ of, totals, agents, allStopped, done }) {
  const [look, told, sign] = STATES[of.state] ?? ['warn', of.state, ''];
  return html`<section class=${`card governance ${look}`} aria-labelledby="governance">
    <div class="told">
      <svg class="sign" viewBox="0 0 24 24" width="34" height="34" aria-hidden="true">
        <circle cx="12" cy="12" r="11" />
        <path d=${sign} fill="none" stroke-width="2.3" stroke-linecap="round" stroke-linejoin="round" />
      </svg>
      <div>
        <h2 id="governance">${told}</h2>
        <p class="quiet">${said(of.findings, agents)}</p>
      </div>
      <div class="all"><${Stop} agent="*" name="all agents" suspended=${allStopped} done=${done} /></div>
    </div>
    ${of.findings.length > 0 && html`<ul class="findings">${of.findings.map((finding) => html`<${Finding} key=${finding.id} of=${finding} />`)}</ul>`}
    <dl class="totals">
      <${Total} name="actions" of=${totals.actions} to=${href(['actions'])} />
      <${Total} name="denied" of=${totals.denied} look="bad" to=${href(['actions'], { allowed: 'false' })} />
      <${Total} name="held for people" of=${totals.held} />
      <${Total} name="waiting now" of=${totals.approvals_pending} look="wait" to=${href(['approvals'])} />
      <${Total} name="agents suspended" of=${totals.suspended} look="bad" />
    </dl>
  </section>`;
}

/** @param {{ of: Api.HealthFinding }} props */
const Finding = ({ of }) => html`<li>
  <span class=${`tag ${of.severity === 'critical' ? 'critical' : 'medium'}`}>${of.severity}</span>
  <div>
    <p><strong><${Prose} of=${sentence(of.told)} /></strong></p>
    <p class="quiet"><${Prose} of=${sentence(of.remedy)} /></p>
  </div>
</li>`;

/** A figure; what it looks like where it is more than none. @param {{ name: string, of: number, look?: string, to?: string }} props */
const Total = ({ name, of, look = '', to }) => html`<div class=${of > 0 ? look : ''}>
  <dt>${name}</dt>
  <dd>${to ? html`<a href=${to}>${count(of)}</a>` : count(of)}</dd>
</div>`;

/** @param {Api.HealthFinding[]} findings @param {number} agents */
function said(findings, agents) {
  const known = counted(agents, 'agent');
  if (findings.length === 0) return `${known} registered. Decisions are made, recorded and sealed; nothing needs you.`;
  const critical = findings.filter((finding) => finding.severity === 'critical').length;
  const warnings = findings.length - critical;
  const parts = [critical > 0 && `${critical} critical`, warnings > 0 && counted(warnings, 'warning')].filter(Boolean);
  return `${known} registered. ${parts.join(' and ')}, with what to do.`;
}
