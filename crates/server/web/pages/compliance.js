// Compliance: when each agent was assessed last, and what came of it. Nothing is judged to show this page.

import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { None } from '../parts/card.js';
import { Pager, paged } from '../parts/pager.js';
import { Empty, Missing } from '../parts/said.js';
import { forget, scored } from '../parts/report.js';
import { satisfied, Trend } from '../parts/status.js';
import { Cell, Table, unnamed, What } from '../parts/table.js';
import { Mode, Risk } from '../parts/tag.js';
import { Ago } from '../parts/time.js';
import { href, refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name } from '../text.js';
import { html } from '../view.js';

const COLUMNS = ['Agent', 'Risk', 'The seven checks', 'Controls satisfied', 'Checklist', 'Assessed', unnamed('Assess')];

/** @param {Api.StreamRecord} record */
const wakes = (record) => ['report_made', 'checklist_judged', 'policy_loaded'].includes(record.kind);

export function Compliance() {
  const found = useData('/v1/assessments', { wakes, everyMs: 120_000 });
  /** @type {Api.AssessmentBody[] | undefined} */
  const agents = found.data?.agents;
  return html`<div class="head"><h1>Compliance</h1></div>
    <p class="quiet spaced">
      What evidence shows of the duties that fall on each agent, as the last report had it. Measured and attested are
      counted apart, and what is unknown counts as nothing. No figure here says that a law is kept.
    </p>
    ${agents ? html`<${Agents} of=${agents} />` : html`<${Missing} of=${found} what="what is known of agents" />`}`;
}

/** @param {{ of: Api.AssessmentBody[] }} props */
function Agents({ of }) {
  const { query } = useStore(route);
  if (of.length === 0) {
    return html`<${Empty} title="No agent is registered" command="syndic init governance">What nobody registered cannot be assessed. This writes three agents to start from:</${Empty}>`;
  }
  const find = query.get('find') ?? '';
  const words = find.toLowerCase();
  const found = of.filter(({ agent, name, owner }) => [agent, name, owner.team, owner.person].some((text) => text.toLowerCase().includes(words)));
  const shown = paged(found, query.get('page'));
  const never = of.filter(({ reports }) => reports.length === 0).length;
  return html`<section class="group" aria-labelledby="agents">
    <div class="over">
      <h2 id="agents">Agents <span class="count">${count(found.length)}</span> ${never > 0 && html`<span class="quiet small">${count(never)} never assessed</span>`}</h2>
      <div class="tools">
        <input
          type="search"
          aria-label="Find an agent or owner"
          placeholder="Find an agent or owner"
          value=${find}
          onInput=${(/** @type {any} */ event) => refine({ find: event.target.value, page: null })}
        />
      </div>
    </div>
    ${found.length === 0
      ? html`<${Empty} title="No agent matches"><button class="plain" type="button" onClick=${() => refine({ find: null, page: null })}>Show all ${count(of.length)}</button></${Empty}>`
      : html`<${Table} look="assessed" columns=${COLUMNS}>${shown.rows.map((agent) => html`<${Row} key=${agent.agent} of=${agent} />`)}</${Table}>
        <${Pager} of=${shown} what="agents" />`}
  </section>`;
}

/** @param {{ of: Api.AssessmentBody }} props */
function Row({ of }) {
  const to = href(['compliance', of.agent]);
  const [newest] = of.reports;
  return html`<tr>
    <${What}>
      <a href=${to}><${Name} of=${of.name} /></a>
      <span class="sub"><${Name} of=${`${of.owner.person}, ${of.owner.team}`} /></span>
    </${What}>
    <${Cell} of="Risk"><${Risk} is=${of.risk_level} plain /><span class="sub"><${Mode} is=${of.mode} /></span></${Cell}>
    <${Cell} of="The seven checks"><${Headline} of=${of.headline} /></${Cell}>
    <${Cell} of="Controls satisfied"><${Controls} of=${of.reports} /></${Cell}>
    <${Cell} of="Checklist"><${Checklist} of=${of.checklist} risk=${of.risk_level} /></${Cell}>
    <${Cell} of="Assessed"><${Ago} at=${newest?.at} /></${Cell}>
    <td class="do"><a class="button plain small" href=${to} onClick=${() => forget(of.agent)} aria-label=${`Assess now: ${of.agent}`}>Assess now</a></td>
  </tr>`;
}

/** @param {{ of: string | null | undefined }} props */
function Headline({ of }) {
  if (!of) return html`<${None}>not known</${None}>`;
  const [score, rest] = scored(of);
  return html`<b>${score}</b><span class="sub">${rest}</span>`;
}

/** @param {{ of: Api.ReportPointBody[] }} props */
function Controls({ of }) {
  const [newest] = of;
  if (!newest) return html`<${None} />`;
  const [met, all] = satisfied(newest.counts);
  return html`<${Trend} of=${of} /><span class="sub">${count(met)} of ${count(all)} that apply now</span>`;
}

/** @param {{ of: Api.ChecklistCountBody | null | undefined, risk: string }} props */
function Checklist({ of, risk }) {
  if (!of) return html`<${None}>not looked at</${None}>`;
  return html`${count(of.done)} of ${counted(of.items, 'item')}
    <span class=${`sub ${of.passed ? '' : 'wait'}`}>${of.passed ? `nothing that ${risk} risk requires is open` : `not ready at ${risk} risk`}</span>`;
}
