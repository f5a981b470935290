// The controls of each framework, and what the evidence shows of them.

import { count } from '../figure.js';
import { refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name, Prose, sentence } from '../text.js';
import { html, useState } from '../view.js';
import { None, Remedy } from './card.js';
import { Empty } from './said.js';
import { Counts, Status, STATUSES } from './status.js';
import { Cell, Table, What } from './table.js';

/** What needs somebody. */
const OPEN = ['partial', 'not_satisfied', 'unknown', 'stale'];

/** @param {{ of: Evidence.Report }} props */
export function Controls({ of }) {
  const { query } = useStore(route);
  const [status, framework, role] = ['status', 'framework', 'role'].map((name) => query.get(name) ?? '');
  /** @param {Evidence.Duty} duty */
  const isShown = (duty) =>
    (!status || duty.status === status || (status === 'open' && OPEN.includes(duty.status))) && (!role || !duty.bearer?.length || duty.bearer.includes(role));
  const shown = of.frameworks
    .filter(({ id }) => !framework || id === framework)
    .map((each) => ({ ...each, controls: each.controls.filter(isShown) }))
    .filter(({ controls }) => controls.length > 0);
  const closes = new Map(of.gaps.map((gap) => [gap.id, gap.closes ?? []]));
  const number = shown.reduce((sum, { controls }) => sum + controls.length, 0);
  return html`<section class="card stack" aria-labelledby="controls">
    <div class="over"><h2 id="controls">Controls <span class="count">${count(number)}</span></h2></div>
    <div class="filters" role="group" aria-label="Which controls">
      <${Choice} name="framework" label="Framework" is=${framework} options=${[['', 'all'], ...of.frameworks.map(({ id, title }) => [id, title])]} />
      <${Choice} name="status" label="Status" is=${status} options=${[['', 'any'], ['open', 'open: all that needs somebody'], ...Object.entries(STATUSES).map(([id, { word }]) => [id, word])]} />
      <${Choice} name="role" label="Whose duty" is=${role} options=${[['', 'anybody'], ['provider', 'the provider'], ['deployer', 'the deployer']]} />
    </div>
    ${number === 0 && html`<${Empty} title="No control matches"><button class="plain" type="button" onClick=${() => refine({ status: null, framework: null, role: null })}>Show all</button></${Empty}>`}
    <div>${shown.map((each) => html`<${Framework} key=${`${each.id} ${framework} ${status} ${role}`} of=${each} closes=${closes} isOpen=${shown.length === 1} />`)}</div>
  </section>`;
}

/** @param {{ name: string, label: string, is: string | undefined, options: string[][] }} props */
const Choice = ({ name, label, is, options }) => html`<div class="field">
  <label for=${`by-${name}`}>${label}</label>
  <select id=${`by-${name}`} value=${is} onChange=${(/** @type {any} */ event) => refine({ [name]: event.target.value })}>
    ${options.map(([value, told]) => html`<option value=${value}>${told}</option>`)}
  </select>
</div>`;

/** Its controls are laid out once somebody opens it. @param {{ of: Evidence.Framework, closes: Map<string, string[]>, isOpen: boolean }} props */
function Framework({ of, closes, isOpen }) {
  const [open, setOpen] = useState(isOpen);
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { status } of of.controls) counts[status] = (counts[status] ?? 0) + 1;
  return html`<details class="framework" open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
    <summary><strong>${of.title}</strong> <span class="count">${count(of.controls.length)}</span><${Counts} counts=${counts} /></summary>
    ${open && html`${of.note && html`<p class="hint"><${Prose} of=${of.note} /></p>`}
      <${Table} bare look="controls" columns=${['Control', 'Status', 'What the evidence shows', 'Applies from']}>
        ${of.controls.map((duty) => html`<${Control} key=${duty.id} of=${duty} closes=${closes.get(duty.id) ?? []} />`)}
      </${Table}>`}
  </details>`;
}

/** @param {{ of: Evidence.Duty, closes: string[] }} props */
const Control = ({ of, closes }) => html`<tr>
  <${What}>${of.ref}<span class="sub">${of.title}</span></${What}>
  <${Cell} of="Status"><${Status} is=${of.status} />${of.evaluated && html`<span class="sub">today: <${Status} is=${of.evaluated} /></span>`}</${Cell}>
  <${Cell} of="What the evidence shows">
    <${Prose} of=${sentence(of.why)} />
    <${More} of=${of} closes=${closes} />
  </${Cell}>
  <${Cell} of="Applies from">${of.applies_from ?? html`<${None}>no date</${None}>`}${of.other_reading && html`<span class="sub">or: ${of.other_reading}</span>`}</${Cell}>
</tr>`;

/** @param {{ of: Evidence.Duty, closes: string[] }} props */
const More = ({ of, closes }) => html`<details class="more">
  <summary class="sub">What it asks for, and by what it is shown</summary>
  <div class="stack tight">
    ${[of.duty, of.note, of.reach].map((text) => text && html`<p><${Prose} of=${text} /></p>`)}
    <p class="quiet">Shown by what is ${of.evidence_mode}.${(of.bearer ?? []).length > 0 && ` The duty of the ${(of.bearer ?? []).join(', ')}.`}</p>
    <${Ids} name="Readings" of=${of.probes} /><${Ids} name="Statements" of=${of.statements} /><${Ids} name="Policies" of=${of.policies} />
    ${closes.map((each) => html`<${Remedy} of=${each} />`)}
  </div>
</details>`;

/** @param {{ name: string, of: string[] | undefined }} props */
const Ids = ({ name, of = [] }) => of.length > 0 && html`<p class="quiet">${name}: ${of.map((id, index) => html`${index > 0 && ', '}<code><${Name} of=${id} /></code>`)}</p>`;
