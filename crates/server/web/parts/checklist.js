// What is looked at before an agent is deployed: how far it is, and how each item is done.

import { path } from '../api.js';
import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { Name, Prose, sentence } from '../text.js';
import { html } from '../view.js';
import { Card, Remedy } from './card.js';
import { Missing } from './said.js';
import { Status } from './status.js';

/** @param {{ agent: string }} props */
export function Checklist({ agent }) {
  const found = useData(`${path('v1', 'agents', agent)}/checklist`, { everyMs: 600_000 });
  /** @type {Api.ChecklistBody | null} */
  const list = found.data;
  const done = list?.items.filter(({ state }) => state !== 'open').length ?? 0;
  return html`<${Card} id="checklist" title=${html`Before it is deployed ${list && html`<span class="count">${count(done)} of ${count(list.items.length)}</span>`}`}>
    ${list ? html`<${Items} of=${list} />` : html`<${Missing} of=${found} what="the checklist" />`}
  </${Card}>`;
}

/** @param {{ of: Api.ChecklistBody }} props */
function Items({ of }) {
  const sections = Map.groupBy(of.items, ({ section }) => section);
  return html`<p class=${of.passed ? '' : 'wait'}>
      ${of.passed ? `Nothing that ${of.risk_level} risk requires is open.` : `Not ready at ${of.risk_level} risk: ${counted(of.open_required.length, 'item')} that it requires ${of.open_required.length === 1 ? 'is' : 'are'} open.`}
    </p>
    ${[...sections].map(([section, items]) => html`<div class="stack tight">
      <h3>${section}</h3>
      <ul class="items">${items.map((item) => html`<${Item} key=${item.id} of=${item} />`)}</ul>
    </div>`)}`;
}

/** @param {{ of: Api.ChecklistItemBody }} props */
const Item = ({ of }) => html`<li>
  <${Status} is=${of.state} />
  <div>
    <p>${of.title} ${!of.required && html`<span class="quiet small">not required at its risk</span>`}</p>
    <p class="sub"><${Prose} of=${sentence(of.why)} />${of.by && html` By <${Name} of=${of.by} />.`}</p>
    ${(of.closes ?? []).length > 0 && html`<details class="more"><summary>What would close it</summary>${(of.closes ?? []).map((closes) => html`<${Remedy} of=${closes} />`)}</details>`}
  </div>
</li>`;
