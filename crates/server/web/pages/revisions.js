// Revisions: what was in force when, by whom it came, and what changed.

import { path, withQuery } from '../api.js';
import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { Empty, Missing } from '../parts/said.js';
import { Diff } from '../parts/source.js';
import { When } from '../parts/time.js';
import { href, refine, route } from '../route.js';
import { useStore } from '../store.js';
import { Name } from '../text.js';
import { html } from '../view.js';

/** @param {{ revision?: string }} props */
export function Revisions({ revision }) {
  const found = useData('/v1/policies/revisions', { wakes: (record) => record.kind.startsWith('policy_') });
  /** @type {Api.PolicyRevision[] | undefined} */
  const revisions = found.data?.revisions;
  const back = html`<p class="back"><a href=${href(['policies'])}>← Policies</a></p>`;
  if (!revisions) return html`<div class="title">${back}<h1>Revisions</h1></div><${Missing} of=${found} what="revisions" />`;
  const shown = revision ?? revisions.find((each) => each.current)?.revision ?? revisions[0]?.revision;
  return html`<div class="title">${back}<h1>Revisions</h1><p class="quiet">Every state of the governance directory that was in force.</p></div>
    ${revisions.length === 0
      ? html`<${Empty} title="No revision is kept yet" command="syndic policy reload">Each time the files come into force, the state of them is kept:</${Empty}>`
      : html`<div class="two turned">
        <div class="stack">${shown && html`<${Changes} of=${shown} all=${revisions} />`}</div>
        <nav class="card revisions" aria-label="Revisions"><ol>${revisions.map((each) => html`<li key=${`${each.revision}-${each.record}`}>
          <a href=${href(['policies', 'revisions', each.revision])} aria-current=${each.revision === shown ? 'true' : undefined}><code>${each.revision}</code>${each.current && html` <span class="tag good">in force</span>`}</a>
          <span class="sub"><${When} at=${each.at} />${each.by && html`, by <${Name} of=${each.by} />`}, record ${count(each.record)}</span></li>`)}</ol></nav>
      </div>`}`;
}

/** @param {{ of: string, all: Api.PolicyRevision[] }} props */
function Changes({ of, all }) {
  const { query } = useStore(route);
  const at = all.findIndex((each) => each.revision === of);
  const before = all.slice(at + 1).find((each) => each.revision !== of)?.revision;
  const against = query.get('against') ?? before;
  const found = useData(against ? withQuery(`${path('v1', 'policies', 'revisions', of)}/diff`, { against }) : null);
  /** @type {Api.FileDiff[] | undefined} */
  const files = found.data?.files;
  const others = [...new Set(all.map((each) => each.revision))].filter((each) => each !== of);
  return html`<section class="card stack" aria-labelledby="changes">
    <div class="over"><h2 id="changes">What changed in <code>${of}</code></h2>
      ${others.length > 0 && html`<div class="tools"><label class="small" for="against">against</label><select id="against" value=${against} onChange=${(/** @type {any} */ event) => refine({ against: event.target.value })}>${others.map((each) => html`<option value=${each}>${each}</option>`)}</select></div>`}</div>
    ${!against
      ? html`<p class="quiet">It is the only revision that is kept, so there is nothing to compare it with. What a change to the files would open or close, before it is in force: <code>syndic diff</code></p>`
      : !files
        ? html`<${Missing} of=${found} what="the difference" />`
        : files.length === 0
          ? html`<p class="quiet">No file differs.</p>`
          : html`<p class="quiet">${counted(files.length, 'file')}</p>${files.map((file) => html`<details class="file" open key=${file.path}><summary><code>${file.path}</code> <span class=${`tag ${file.change === 'added' ? 'good' : file.change === 'removed' ? 'bad' : 'plain'}`}>${file.change}</span></summary><${Diff} of=${file.diff} label=${`changes of ${file.path}`} /></details>`)}`}
  </section>`;
}
