// What was measured, and what people answer for.

import { count } from '../figure.js';
import { href } from '../route.js';
import { Long, Name, Prose, sentence } from '../text.js';
import { html, useState } from '../view.js';
import { None, Remedy } from './card.js';
import { Status } from './status.js';
import { Cell, Table, What } from './table.js';
import { Until, When } from './time.js';

/** What a probe's rule says, worst last. */
const VERDICTS = ['met', 'told', 'partial', 'stale', 'unknown', 'not_met'];

/** @param {{ of: Evidence.Reading[], agent: string }} props */
export function Readings({ of, agent }) {
  const [open, setOpen] = useState(false);
  if (of.length === 0) return html`<p class="quiet">Nothing was measured.</p>`;
  const verdicts = Map.groupBy(of, ({ verdict }) => verdict);
  return html`<ul class="counts">${VERDICTS.map((verdict) => verdicts.has(verdict) && html`<li><${Status} is=${verdict} /> ${count(verdicts.get(verdict)?.length ?? 0)}</li>`)}</ul>
    <details class="fold" open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
      <summary>What each probe found</summary>
      ${open && html`<${Rows} of=${of} agent=${agent} />`}
    </details>`;
}

/** @param {{ of: Evidence.Reading[], agent: string }} props */
const Rows = ({ of, agent }) => html`<${Table} bare look="readings" columns=${['Probe', 'Verdict', 'What was found', 'Window and records', 'Holds']}>
    ${of.map((reading) => html`<tr key=${reading.probe}>
      <${What}><code>${reading.probe}</code><span class="sub">version ${reading.version}</span></${What}>
      <${Cell} of="Verdict"><${Status} is=${reading.verdict} /></${Cell}>
      <${Cell} of="What was found"><${Prose} of=${sentence(reading.told)} /><${Values} of=${reading.value} /></${Cell}>
      <${Cell} of="Window and records"><${Basis} of=${reading} agent=${agent} /></${Cell}>
      <${Cell} of="Holds">${reading.fresh_until ? html`<${Until} at=${reading.fresh_until} />` : html`<${None} />`}</${Cell}>
    </tr>`)}
  </${Table}>`;

/** @param {{ of: Record<string, Evidence.Figure> }} props */
const Values = ({ of }) => Object.keys(of).length > 0 && html`<span class="sub">
  ${Object.entries(of).map(([name, figure], index) => html`${index > 0 && ', '}${name} <code><${Long} of=${value(figure)} most=${80} /></code>`)}
</span>`;

/** @param {Evidence.Figure} figure */
function value({ count: number, text, list, at }) {
  if (number !== undefined) return count(number);
  return text ?? at ?? (list ?? []).join(', ');
}

/** The actions of its window, where its records are found. @param {{ of: Evidence.Reading, agent: string }} props */
function Basis({ of, agent }) {
  const { window: { from, to }, records, cited = [] } = of;
  const actions = href(['actions'], { agent, since: from, until: to });
  return html`<${When} at=${from} /> to <${When} at=${to} />
    <span class="sub">${records ? html`<a href=${actions}>records ${count(records[0])} to ${count(records[1])}</a>` : 'no record'}</span>
    ${cited.length > 0 && html`<span class="sub">proven: ${cited.map(count).join(', ')}</span>`}`;
}

/** @param {{ of: Evidence.Report }} props */
export function Statements({ of }) {
  if (of.statements.length === 0) {
    return html`<p class="quiet">Nobody has stated anything about it. What no machine can measure, a person answers for:</p>
      <${Remedy} of=${`syndic attest --agent ${of.agent.id} --field intended_purpose --value true --name NAME --function FUNCTION`} />`;
  }
  return html`<${Table} bare columns=${['About', 'Standing', 'What is stated', 'By whom', 'Holds']}>
    ${of.statements.map((each) => html`<tr key=${each.field}>
      <${What}><code><${Name} of=${each.field} /></code><span class="sub">${each.record === undefined ? 'governance directory' : `record ${count(each.record)}`}</span></${What}>
      <${Cell} of="Standing"><${Status} is=${each.standing} /><span class="sub"><${Prose} of=${each.why} /></span></${Cell}>
      <${Cell} of="What is stated"><${Long} of=${each.value} />${each.reason && html`<span class="sub"><${Long} of=${each.reason} /></span>`}</${Cell}>
      <${Cell} of="By whom"><${Name} of=${each.by} />${each.function && html`<span class="sub"><${Name} of=${each.function} /></span>`}</${Cell}>
      <${Cell} of="Holds"><${Until} at=${each.expires} /><span class="sub">since ${each.on}</span></${Cell}>
    </tr>`)}
  </${Table}>`;
}
