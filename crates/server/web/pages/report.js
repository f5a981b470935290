// The report about one agent: what it does not show, what it shows, and what would close its gaps.

import { path } from '../api.js';
import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { Card, Fact, Facts, Remedy, Title } from '../parts/card.js';
import { Checklist } from '../parts/checklist.js';
import { Controls } from '../parts/controls.js';
import { Drills } from '../parts/drills.js';
import { Incidents } from '../parts/incidents.js';
import { Readings, Statements } from '../parts/readings.js';
import { place, scored, useReport } from '../parts/report.js';
import { Missing } from '../parts/said.js';
import { Counts, satisfied, Status, Trend } from '../parts/status.js';
import { Cell, Table, What } from '../parts/table.js';
import { Mode, Risk } from '../parts/tag.js';
import { Ago, When } from '../parts/time.js';
import { href, refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name, Prose, sentence } from '../text.js';
import { html } from '../view.js';

/** The seven checks, as `syndic-compliance` has them. */
const CHECKS = ['risk_management', 'data_governance', 'documentation', 'record_keeping', 'transparency', 'human_oversight', 'accuracy'];
/** How many gaps in controls stand above; the others are found among the controls. */
const GAPS = 5;
/** How many ids are named beside what is not shown. */
const NAMED = 8;

/** @param {{ id: string }} props */
export function Report({ id }) {
  const { query } = useStore(route);
  const asOf = query.get('as_of') ?? '';
  const known = useData(`${path('v1', 'agents', id)}/assessments`, { wakes: (record) => record.kind === 'report_made' && record.agent === id });
  const report = useReport(id, asOf);
  /** @type {Api.AssessmentBody | null} */
  const agent = known.data;
  const of = report.data;
  return html`<div class="head agent-head">
      <${Title} back=${[href(['compliance']), 'Compliance']} title=${html`<${Name} of=${agent?.name ?? id} most=${120} />`}>
        ${agent && html`<p class="tags">
          <${Risk} is=${agent.risk_level} /><${Mode} is=${agent.mode} /><a href=${href(['agents', id])}><code>${id}</code></a>
          <span class="quiet"><${Name} of=${`${agent.owner.person}, ${agent.owner.team}`} /></span>
        </p>`}
      </${Title}>
      ${of && html`<div class="buttons">
        <button class="plain" type="button" onClick=${report.again}>Assess again</button>
        <a class="button plain" href=${place(id, { as_of: asOf, format: 'html' })} target="_blank" rel="noopener">Open to print</a>
      </div>`}
    </div>
    ${of && html`<${Shown} of=${of} />`}
    ${!of && (report.asking || !report.problem
      ? html`<p class="quiet loading" role="status">Reading the evidence. On a large ledger this takes some seconds…</p>`
      : html`<${Missing} of=${report} what="the report" />`)}
    <div class="stack gap">
      ${agent && agent.reports.length > 0 && html`<${Card} id="before" title="Reports made before"><${Before} of=${agent.reports} /></${Card}>`}
    </div>`;
}

/** @param {{ of: Evidence.Report }} props */
const Shown = ({ of }) => html`<div class="stack">
  <${Card} id="not-shown" title="What this report does not show"><${NotShown} of=${of.not_shown} /></${Card}>
  <${Card} id="checks" title="The seven checks"><${Checks} of=${of} /></${Card}>
  <${Card} id="gaps" title=${html`Gaps <span class="count">${count(of.gaps.length)}</span>`}><${Gaps} of=${of} /></${Card}>
  <${Checklist} agent=${of.agent.id} />
  <${Controls} of=${of} />
  <${Card} id="readings" title=${html`Readings <span class="count">${count(of.readings.length)}</span>`}><${Readings} of=${of.readings} agent=${of.agent.id} /></${Card}>
  <${Card} id="statements" title=${html`Statements <span class="count">${count(of.statements.length)}</span>`} look=""><${Statements} of=${of} /></${Card}>
  <${Incidents} agent=${of.agent.id} />
  <${Drills} agent=${of.agent.id} />
  <${Card} id="basis" title="What it rests on"><${Basis} of=${of} /></${Card}>
</div>`;

/** @param {{ of: Evidence.NotShown[] }} props */
const NotShown = ({ of }) => html`<ul class="limits not-shown">
  ${of.map(({ told, about = [] }) => html`<li>
    <${Prose} of=${sentence(told)} />
    ${about.length > 0 && html`<span class="sub">${about.slice(0, NAMED).map((id, index) => html`${index > 0 && ', '}<code>${id}</code>`)}${about.length > NAMED && ` and ${about.length - NAMED} more`}</span>`}
  </li>`)}
</ul>`;

/** @param {{ of: Evidence.Report }} props */
function Checks({ of }) {
  const [score, rest] = scored(of.headline);
  return html`<p class="headline"><b class="figure">${score}</b> <span>${rest}</span></p>
    <p class="hint">Measured and attested are counted apart: a word is not a measurement.</p>
    <${Table} bare look="seven" columns=${['Check', 'Status', 'Why']}>
      ${CHECKS.map((name) => html`<${Check} key=${name} name=${name} of=${of.checks[name]} record=${of.record} />`)}
    </${Table}>`;
}

/** @param {{ name: string, of: Evidence.Check | undefined, record: Record<string, Evidence.Field> }} props */
const Check = ({ name, of, record }) => of && html`<tr>
  <${What}>${name.replaceAll('_', ' ')}<span class="sub">${of.provisions.filter(Boolean).join(', ')}</span></${What}>
  <${Cell} of="Status"><${Status} is=${of.status} /></${Cell}>
  <${Cell} of="Why">${of.fields.map((field) => html`<${Field} name=${field} of=${record[field]} />`)}</${Cell}>
</tr>`;

/** @param {{ name: string, of: Evidence.Field | undefined }} props */
const Field = ({ name, of }) => of && html`<div class="line"><code>${name}</code> <${Status} is=${of.status} /><span class="sub"><${Prose} of=${of.why} /></span></div>`;

/** @param {{ of: Evidence.Report }} props */
function Gaps({ of }) {
  const [checks, controls] = [of.gaps.filter(({ kind }) => kind === 'check'), of.gaps.filter(({ kind }) => kind === 'control')];
  const now = controls.filter(({ from }) => !from);
  if (of.gaps.length === 0) return html`<p class="quiet">No check and no control that applies is open.</p>`;
  const all = html`<button class="plain" type="button" onClick=${() => (refine({ status: 'open' }), document.getElementById('controls')?.scrollIntoView())}>All ${count(controls.length)} among the controls</button>`;
  const named = new Map(of.frameworks.flatMap(({ controls: duties }) => duties.map((duty) => [duty.id, `${duty.ref}: ${duty.title}`])));
  return html`<ul class="gaps">
      ${[...checks, ...now.slice(0, GAPS)].map((gap) => html`<li key=${gap.id}>
        <p><${Status} is=${gap.status} /> <strong>${gap.kind === 'check' ? gap.id.replaceAll('_', ' ') : html`<${Name} of=${named.get(gap.id) ?? gap.id} most=${120} />`}</strong> ${gap.kind === 'control' && html`<code class="quiet">${gap.id}</code>`}</p>
        <p class="quiet"><${Prose} of=${sentence(gap.why)} /></p>
        ${(gap.closes ?? []).map((closes) => html`<${Remedy} of=${closes} />`)}
        ${(gap.closes ?? []).length === 0 && html`<p class="hint">Nothing that this program does would close it.</p>`}
      </li>`)}
    </ul>
    ${controls.length > now.slice(0, GAPS).length && all}`;
}

/** @param {{ of: Evidence.Report }} props */
const Basis = ({ of }) => html`<${Facts}>
  <${Fact} name="made"><${When} at=${of.made_at} /> <span class="quiet">(<${Ago} at=${of.made_at} />)</span></${Fact}>
  <${Fact} name="law as of">
    <input type="date" aria-label="Law as of" value=${of.as_of} onChange=${(/** @type {any} */ { target }) => refine({ as_of: target.value })} />
  </${Fact}>
  <${Fact} name="catalogue">${of.catalogue.version}${of.catalogue.warning && html`<span class="sub wait"><${Prose} of=${sentence(of.catalogue.warning)} /></span>`}</${Fact}>
  <${Fact} name="records">${count(of.log.size)}<span class="sub">the first kept is ${count(of.log.first_kept)}</span></${Fact}>
  <${Fact} name="root"><code>${of.log.root}</code><span class="sub">${SIGNED[String(of.log.signed)]}</span></${Fact}>
  <${Fact} name="witnesses">${of.log.witnesses.length > 0 ? of.log.witnesses.map(({ name, size }) => html`<div><${Name} of=${name} /> <span class="quiet">over ${counted(size, 'record')}</span></div>`) : 'none'}</${Fact}>
  <${Fact} name="policies">${counted(of.policy.enforced.length, 'policy', 'policies')} enforced${of.policy.shadow.length > 0 && `, ${count(of.policy.shadow.length)} evaluated only`}</${Fact}>
  <${Fact} name="operator's part">${of.roles.length > 0 ? of.roles.join(' and ') : 'nobody has said'}</${Fact}>
</${Facts}>`;

/** What the newest checkpoint says of the root. @type {Record<string, string>} */
const SIGNED = {
  true: "a checkpoint of the log's key has the same root",
  false: "the checkpoint of the log's key has another root",
  undefined: 'no checkpoint is signed over as many records yet',
};

/** @param {{ of: Api.ReportPointBody[] }} props newest first */
const Before = ({ of }) => html`<${Trend} of=${of} width=${320} height=${48} />
  <${Table} bare look="before" columns=${['Made', 'Satisfied', 'By status']}>
    ${of.slice(0, 8).map((report) => html`<tr key=${report.record}>
      <${What}><${When} at=${report.at} /><span class="sub">record ${count(report.record)}</span></${What}>
      <${Cell} of="Satisfied">${satisfied(report.counts).map(count).join(' of ')}</${Cell}>
      <${Cell} of="By status"><${Counts} counts=${report.counts} /></${Cell}>
    </tr>`)}
  </${Table}>`;
