// Revisions: what was in force when, by whom it came, and what changed.

import { path, withQuery } from '../api.js';
import { useData } from '../data.js';
import { count, counted } from '../figure.js';
import { Title } from '../parts/card.js';
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
  const all = found.data?.revisions;
  return html`<${Title} back=${[href(['policies']), 'Policies']} title="Revisions">
      <p class="quiet">Every state of the governance directory that was in force.</p>
    </${Title}>
    ${all ? html`<${Shown} of=${all} revision=${revision} />` : html`<${Missing} of=${found} what="revisions" />`}`;
}

/** @param {{ of: Api.PolicyRevision[], revision?: string }} props */
function Shown({ of, revision }) {
  const shown = revision ?? of.find((each) => each.current)?.revision;
  if (!shown) {
    return html`<${Empty} title="No revision is kept yet" command="syndic policy reload">Each time the files come into force, the state of them is kept:</${Empty}>`;
  }
  return html`<div class="two turned">
    <div class="stack"><${Changes} of=${shown} all=${of} /></div>
    <nav class="card revisions" aria-label="Revisions">
      <ol>${of.map((each) => html`<${Entry} key=${each.record} of=${each} isShown=${each.revision === shown} />`)}</ol>
    </nav>
  </div>`;
}

/** @param {{ of: Api.PolicyRevision, isShown: boolean }} props */
const Entry = ({ of, isShown }) => html`<li>
  <a href=${href(['policies', 'revisions', of.revision])} aria-current=${isShown ? 'true' : undefined}>
    <code>${of.revision}</code>${of.current && html` <span class="tag good">in force</span>`}
  </a>
  <span class="sub"><${When} at=${of.at} />${came(of)}, record ${count(of.record)}</span>
</li>`;

/** Says how it came into force. @param {Api.PolicyRevision} of */
function came({ by, proposed_by: proposed }) {
  if (by === 'start') return ', at a start';
  if (by === 'watch') return ', as files changed';
  return html`, by <${Name} of=${by} />${proposed && html`, proposed by <${Name} of=${proposed} />`}`;
}

/** @param {{ of: string, all: Api.PolicyRevision[] }} props */
function Changes({ of, all }) {
  const { query } = useStore(route);
  const older = all.slice(all.findIndex((each) => each.revision === of) + 1);
  const others = [...new Set(all.map((each) => each.revision))].filter((each) => each !== of);
  const against = query.get('against') ?? older.find((each) => each.revision !== of)?.revision;
  const found = useData(against ? withQuery(`${path('v1', 'policies', 'revisions', of)}/diff`, { against }) : null);
  return html`<section class="card stack" aria-labelledby="changes">
    <div class="over">
      <h2 id="changes">What changed in <code>${of}</code></h2>
      ${others.length > 0 && html`<div class="tools">
        <label class="small" for="against">against</label>
        <select id="against" value=${against ?? ''} onChange=${(/** @type {any} */ event) => refine({ against: event.target.value })}>
          ${!against && html`<option value="">nothing before it</option>`}
          ${others.map((each) => html`<option value=${each}>${each}</option>`)}
        </select>
      </div>`}
    </div>
    ${!against && html`<p class="quiet">
      It is the first that is kept, so there is nothing before it. What a change of the files would open or
      close, before it is in force: <code>syndic diff</code>
    </p>`}
    ${against && !found.data && html`<${Missing} of=${found} what="the difference" />`}
    ${found.data && html`<${Files} of=${found.data.files} />`}
  </section>`;
}

/** How a change of a file looks. @type {Record<string, string>} */
const LOOKS = { added: 'good', removed: 'bad' };

/** @param {{ of: Api.FileDiff[] }} props */
function Files({ of }) {
  if (of.length === 0) return html`<p class="quiet">No file differs.</p>`;
  return html`<p class="quiet">${counted(of.length, 'file')}</p>
    ${of.map((file) => html`<details class="file" open key=${file.path}>
      <summary><code>${file.path}</code> <span class=${`tag ${LOOKS[file.change] ?? 'plain'}`}>${file.change}</span></summary>
      ${file.left_out
        ? html`<p class="quiet">It is too much to be shown here.</p>`
        : html`<${Diff} of=${file.diff} label=${`changes of ${file.path}`} />`}
    </details>`)}`;
}
