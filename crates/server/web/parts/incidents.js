// What went wrong with an agent, and by when it must be reported.

import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { Long, Name } from '../text.js';
import { html } from '../view.js';
import { Card, Remedy } from './card.js';
import { Missing } from './said.js';
import { Status } from './status.js';
import { Cell, Table, What } from './table.js';
import { Until, When } from './time.js';

/** How a clock stands, in the words of a status. @type {Record<string, string>} */
const CLOCKS = { running: 'stale', met: 'met', late: 'not_met' };

/** @param {{ agent: string }} props */
export function Incidents({ agent }) {
  const found = useData('/v1/incidents', { wakes: (record) => record.kind.startsWith('incident_'), everyMs: 300_000 });
  /** @type {Api.IncidentBody[] | undefined} */
  const own = found.data?.incidents.filter((/** @type {Api.IncidentBody} */ each) => each.agent === agent);
  const open = own?.filter(({ closed }) => !closed) ?? [];
  return html`<${Card} id="incidents" title=${html`Incidents ${open.length > 0 && html`<span class="count">${count(open.length)} open</span>`}`}>
    ${!own && html`<${Missing} of=${found} what="incidents" />`}
    ${own?.length === 0 && html`<p class="quiet">None is on record. Whoever comes to know of one opens it, which holds the records and starts the clocks:</p>
      <${Remedy} of=${`syndic incident open --agent ${agent} --class serious --title TITLE`} />`}
    ${own?.map((each) => html`<${Incident} key=${each.id} of=${each} />`)}
  </${Card}>`;
}

/** @param {{ of: Api.IncidentBody }} props */
function Incident({ of }) {
  return html`<div class="stack tight">
    <h3><${Name} of=${of.title} most=${160} /></h3>
    <p class="quiet small">
      ${of.class.replaceAll('_', ' ')}, known since <${When} at=${of.aware} />, record ${count(of.record)}${of.updates.length > 0 && `, ${counted(of.updates.length, 'update')}`}
    </p>
    ${of.closed ? html`<p>Closed <${When} at=${of.closed.at} />: <${Long} of=${of.closed.summary} /></p>` : html`<${Clocks} of=${of.clocks} />`}
    ${of.correctives.length > 0 && html`<${Correctives} of=${of.correctives} />`}
    ${!of.closed && html`<${Remedy} of=${`syndic incident show ${of.id}`} />`}
  </div>`;
}

/** @param {{ of: Api.IncidentClockBody[] }} props */
function Clocks({ of }) {
  if (of.length === 0) return html`<p class="quiet">No duty to report that syndic knows binds for its class.</p>`;
  return html`<${Table} bare look="clocks" columns=${['By when to report', 'State', 'Where it comes from']}>
    ${of.map((clock) => html`<tr key=${`${clock.class} ${clock.control}`}>
      <${What}><${When} at=${clock.due} />${clock.state === 'running' && html`<span class="sub"><${Until} at=${clock.due} /></span>`}</${What}>
      <${Cell} of="State"><${Status} is=${CLOCKS[clock.state] ?? clock.state} says=${clock.reported && clock.state === 'late' ? 'reported late' : clock.state} /></${Cell}>
      <${Cell} of="Where it comes from">${clock.basis}<span class="sub">as ${clock.class.replaceAll('_', ' ')}</span>${clock.only_where && html`<span class="sub">only where ${clock.only_where}</span>`}</${Cell}>
    </tr>`)}
  </${Table}>`;
}

/** @param {{ of: Api.IncidentCorrectiveBody[] }} props */
function Correctives({ of }) {
  return html`<${Table} bare look="clocks" columns=${['What is to be done', 'State', 'Until']}>
    ${of.map(({ name, due, done, overdue }) => html`<tr key=${name}>
      <${What}><${Name} of=${name} most=${80} /></${What}>
      <${Cell} of="State"><${Status} is=${done ? 'met' : overdue ? 'not_met' : 'stale'} says=${done ? 'done' : overdue ? 'overdue' : 'to be done'} /></${Cell}>
      <${Cell} of="Until"><${When} at=${due} />${done && html`<span class="sub">done <${When} at=${done} /></span>`}</${Cell}>
    </tr>`)}
  </${Table}>`;
}
