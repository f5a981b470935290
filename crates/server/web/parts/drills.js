// What was tried out on the running system, the newest run of each.

import { useData } from '../data.js';
import { count } from '../figure.js';
import { Long, Prose, sentence } from '../text.js';
import { html } from '../view.js';
import { Card, Remedy } from './card.js';
import { Missing } from './said.js';
import { Status } from './status.js';
import { Cell, Table, What } from './table.js';
import { Ago } from './time.js';

/** What there is to try out, and how. @type {Record<string, (agent: string) => string>} */
const DRILLS = {
  override: (agent) => `syndic drill override --agent ${agent}`,
  'fail-closed': (agent) => `syndic drill fail-closed --agent ${agent}`,
  canary: (agent) => `syndic drill canary --agent ${agent}`,
  restore: () => 'syndic drill restore',
  export: () => 'syndic drill export',
  limit: (agent) => `syndic drill limit --agent ${agent}`,
  'output-filter': (agent) => `syndic drill output-filter --agent ${agent}`,
  incident: (agent) => `syndic drill incident --agent ${agent}`,
};

/** @param {{ agent: string }} props */
export function Drills({ agent }) {
  const found = useData('/v1/drills', { wakes: (record) => record.kind === 'drill_ran', everyMs: 300_000 });
  /** @type {Api.DrillBody[] | undefined} */
  const ran = found.data?.drills.filter((/** @type {Api.DrillBody} */ each) => !each.agent || each.agent === agent);
  const never = Object.entries(DRILLS).filter(([name]) => !ran?.some(({ drill }) => drill === name));
  return html`<${Card} id="drills" title="Drills">
    ${!ran && html`<${Missing} of=${found} what="drills" />`}
    ${ran && ran.length > 0 && html`<${Table} bare columns=${['Drill', 'Result', 'What came of it', 'When']}>${ran.map((each) => html`<${Run} key=${each.id} of=${each} />`)}</${Table}>`}
    ${ran && never.length > 0 && html`<div class="stack tight"><h3>Never tried out</h3>${never.map(([, command]) => html`<${Remedy} of=${command(agent)} />`)}</div>`}
  </${Card}>`;
}

/** @param {{ of: Api.DrillBody }} props */
const Run = ({ of }) => html`<tr>
  <${What}>${of.drill}<span class="sub">${of.agent ? 'on this agent' : 'on all'}</span></${What}>
  <${Cell} of="Result"><${Status} is=${of.passed ? 'met' : 'not_met'} says=${of.passed ? 'passed' : 'failed'} /></${Cell}>
  <${Cell} of="What came of it"><${Prose} of=${sentence(of.told)} />
    <span class="sub">${Object.entries(of.figures).map(([name, number], index) => `${index > 0 ? ', ' : ''}${name.replaceAll('_', ' ')} ${count(number)}`)}</span></${Cell}>
  <${Cell} of="When"><${Ago} at=${of.at} /><span class="sub">record ${count(of.record)}, by <${Long} of=${of.by} most=${40} /></span></${Cell}>
</tr>`;
