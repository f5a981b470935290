// Actions: what agents want to do, as it happens, and everything they ever asked for.

import { withQuery } from '../api.js';
import { useData } from '../data.js';
import { Events } from '../parts/events.js';
import { Empty, Missing } from '../parts/said.js';
import { href, refine, replace, route } from '../route.js';
import { useStore } from '../store.js';
import { html, useEffect, useRef, useState } from '../view.js';

const SIZE = 50;

/** What the address may say, and the search understands. */
const FILTERS = ['agent', 'action', 'allowed', 'policy', 'risk', 'tool', 'user', 'session', 'since', 'until', 'q'];

export function Actions() {
  const { query } = useStore(route);
  const [paused, setPaused] = useState(false);
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const cursor = query.get('cursor') ?? '';
  const path = useSettled(withQuery('/v1/audit/events', { ...filters, limit: SIZE, cursor }));
  const isNewest = cursor === '' && !filters['until'];
  const found = useData(path, { wakes: (record) => isNewest && (!filters['agent'] || record.agent === filters['agent']), paused: paused || !isNewest });
  /** @type {Api.Events | null} */
  const page = found.data;
  const fresh = useFresh(page?.events, path);
  const isFiltered = FILTERS.some((name) => filters[name]);
  return html`<div class="head"><h1>Actions</h1>
      <div class="buttons">
        ${isNewest
          ? html`<button class="plain" type="button" aria-pressed=${paused} onClick=${() => setPaused(!paused)}>${paused ? 'Go on' : 'Pause'}</button>`
          : html`<button class="plain" type="button" onClick=${() => refine({ cursor: null, until: null })}>To the newest</button>`}
      </div>
    </div>
    <${Filters} of=${filters} isFiltered=${isFiltered} />
    ${found.problem && page === null && found.problem.message && /** @type {any} */ (found.problem).status === 400
      ? html`<div class="note bad" role="alert"><p>${found.problem.message}</p></div>`
      : page === null
        ? html`<${Missing} of=${found} what="actions" />`
        : page.events.length === 0
          ? html`<${None} isFiltered=${isFiltered} />`
          : html`<${Events} of=${page.events} fresh=${fresh} />
            <div class="pages">
              <span class="quiet small" role="status">${paused ? 'Paused: new actions do not appear.' : isNewest ? 'New actions appear by themselves.' : 'Older actions.'}</span>
              ${page.next_cursor && html`<button class="plain" type="button" onClick=${() => refine({ cursor: page.next_cursor })}>Older</button>`}
            </div>`}`;
}

/** @param {{ isFiltered: boolean }} props */
const None = ({ isFiltered }) =>
  isFiltered
    ? html`<${Empty} title="No action matches"><button class="plain" type="button" onClick=${() => replace(href(['actions']))}>Show all</button></${Empty}>`
    : html`<${Empty} title="No agent has asked for anything yet" command="syndic keys create --role agent --agent customer-support">What an agent asks for appears here at once. It asks with a key of its own:</${Empty}>`;

/** @param {{ of: Record<string, string>, isFiltered: boolean }} props */
function Filters({ of, isFiltered }) {
  const agents = useData('/v1/agents', { everyMs: 300_000 });
  const policies = useData('/v1/policies', { everyMs: 300_000 });
  const change = (/** @type {string} */ name) => (/** @type {any} */ event) => refine({ [name]: event.target.value.trim() === '' ? null : event.target.value, cursor: null });
  const time = (/** @type {string} */ name) => (/** @type {any} */ event) => refine({ [name]: event.target.value ? new Date(event.target.value).toISOString() : null, cursor: null });
  const text = (/** @type {string} */ name, /** @type {string} */ label, list = '') =>
    html`<div class="field"><label for=${`by-${name}`}>${label}</label><input id=${`by-${name}`} type="text" autocomplete="off" spellcheck=${false} list=${list || undefined} value=${of[name]} onInput=${change(name)} /></div>`;
  const choice = (/** @type {string} */ name, /** @type {string} */ label, /** @type {[string, string][]} */ options) =>
    html`<div class="field"><label for=${`by-${name}`}>${label}</label><select id=${`by-${name}`} value=${of[name]} onChange=${change(name)}>${options.map(([value, told]) => html`<option value=${value}>${told}</option>`)}</select></div>`;
  const isMore = ['risk', 'tool', 'user', 'session', 'since', 'until'].some((name) => of[name]);
  return html`<form class="card search" role="search" aria-label="Actions" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <div class="filters">
      <div class="field wide"><label for="by-q">Words</label><input id="by-q" type="search" autocomplete="off" spellcheck=${false} placeholder="in arguments and reasons" value=${of['q']} onInput=${change('q')} /></div>
      ${text('agent', 'Agent', 'agents')}
      ${text('action', 'Action')}
      ${choice('allowed', 'Decision', [['', 'any'], ['true', 'might run'], ['false', 'did not run']])}
      ${text('policy', 'Policy in the way', 'policies')}
    </div>
    <details open=${isMore}><summary>More filters</summary>
      <div class="filters">
        ${choice('risk', 'Risk', [['', 'any'], ['low', 'low'], ['medium', 'medium'], ['high', 'high'], ['critical', 'critical']])}
        ${text('tool', 'Tool')}${text('user', 'User')}${text('session', 'Session')}
        <div class="field"><label for="by-since">From</label><input id="by-since" type="datetime-local" value=${picked(of['since'])} onChange=${time('since')} /></div>
        <div class="field"><label for="by-until">Until</label><input id="by-until" type="datetime-local" value=${picked(of['until'])} onChange=${time('until')} /></div>
      </div>
    </details>
    ${isFiltered && html`<button class="plain" type="button" onClick=${() => replace(href(['actions']))}>Clear all filters</button>`}
    <datalist id="agents">${agents.data?.agents.slice(0, 500).map((/** @type {Api.AgentBody} */ agent) => html`<option value=${agent.id} />`)}</datalist>
    <datalist id="policies">${policies.data?.policies.slice(0, 500).map((/** @type {Api.PolicyRow} */ row) => html`<option value=${row.policy} />`)}</datalist>
  </form>`;
}

/** A time as the browser's own field wants it: local, to the minute. @param {string | undefined} at */
function picked(at) {
  if (!at) return '';
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '' : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Follows a value once it has stopped changing: nobody asks at every key. @param {string} value */
function useSettled(value) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 200);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/**
 * Tells which rows were not there before, so that the eye finds them.
 * @param {Api.Event[] | undefined} events
 * @param {string} path
 */
function useFresh(events, path) {
  const known = useRef({ path: '', ids: new Set() });
  const fresh = new Set();
  if (events) {
    if (known.current.path === path) for (const { event_id } of events) if (!known.current.ids.has(event_id)) fresh.add(event_id);
  }
  useEffect(() => {
    if (events) known.current = { path, ids: new Set(events.map((event) => event.event_id)) };
  }, [events, path]);
  return fresh;
}
