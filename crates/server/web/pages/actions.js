// Actions: what agents want to do, as it happens, and everything they ever asked for.

import { withQuery } from '../api.js';
import { useData } from '../data.js';
import { Events } from '../parts/events.js';
import { Empty, Missing } from '../parts/said.js';
import { href, refine, replace, route } from '../route.js';
import { useStore } from '../store.js';
import { html, useEffect, useRef, useState } from '../view.js';

const SIZE = 50;
/** How many agents and policies a field offers. */
const MOST_OFFERED = 500;
const RISKS = ['low', 'medium', 'high', 'critical'];

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
  const newest = html`<button class="plain" type="button" onClick=${() => refine({ cursor: null, until: null })}>To the newest</button>`;
  const pause = html`<button class="plain" type="button" aria-pressed=${paused} onClick=${() => setPaused(!paused)}>${paused ? 'Go on' : 'Pause'}</button>`;
  return html`<div class="head"><h1>Actions</h1>${isNewest ? pause : newest}</div>
    <${Filters} of=${filters} isFiltered=${isFiltered} />
    ${!page && html`<${Missing} of=${found} what="actions" />`}
    ${page?.events.length === 0 && html`<${None} isFiltered=${isFiltered} />`}
    ${page && page.events.length > 0 && html`<${Events} of=${page.events} fresh=${fresh} />
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
  const isMore = ['risk', 'tool', 'user', 'session', 'since', 'until'].some((name) => of[name]);
  return html`<form class="card search" role="search" aria-label="Actions" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <div class="filters">
      <${Text} name="q" of=${of} label="Words" look="wide" type="search" hint="in arguments and reasons" />
      <${Text} name="agent" of=${of} label="Agent" list="agents" />
      <${Text} name="action" of=${of} label="Action" />
      <${Choice} name="allowed" of=${of} label="Decision" options=${[['', 'any'], ['true', 'might run'], ['false', 'did not run']]} />
      <${Text} name="policy" of=${of} label="Policy in the way" list="policies" />
    </div>
    <details open=${isMore}>
      <summary>More filters</summary>
      <div class="filters">
        <${Choice} name="risk" of=${of} label="Risk" options=${[['', 'any'], ...RISKS.map((risk) => [risk, risk])]} />
        <${Text} name="tool" of=${of} label="Tool" />
        <${Text} name="user" of=${of} label="User" />
        <${Text} name="session" of=${of} label="Session" />
        <${Time} name="since" of=${of} label="From" />
        <${Time} name="until" of=${of} label="Until" />
      </div>
    </details>
    ${isFiltered && html`<button class="plain" type="button" onClick=${() => replace(href(['actions']))}>Clear all filters</button>`}
    <datalist id="agents">${agents.data?.agents.slice(0, MOST_OFFERED).map((/** @type {Api.AgentBody} */ { id }) => html`<option value=${id} />`)}</datalist>
    <datalist id="policies">${policies.data?.policies.slice(0, MOST_OFFERED).map((/** @type {Api.PolicyBody} */ { policy }) => html`<option value=${policy} />`)}</datalist>
  </form>`;
}

/** @typedef {{ name: string, of: Record<string, string>, label: string }} Field */

/** @param {Field & { look?: string, type?: string, hint?: string, list?: string }} props */
const Text = ({ name, of, label, look = '', type = 'text', hint, list }) => html`<div class=${`field ${look}`}>
  <label for=${`by-${name}`}>${label}</label>
  <input
    id=${`by-${name}`}
    type=${type}
    autocomplete="off"
    spellcheck=${false}
    placeholder=${hint}
    list=${list}
    value=${of[name]}
    onInput=${(/** @type {any} */ event) => filter(name, event.target.value)}
  />
</div>`;

/** @param {Field & { options: [string, string][] }} props */
const Choice = ({ name, of, label, options }) => html`<div class="field">
  <label for=${`by-${name}`}>${label}</label>
  <select id=${`by-${name}`} value=${of[name]} onChange=${(/** @type {any} */ event) => filter(name, event.target.value)}>
    ${options.map(([value, told]) => html`<option value=${value}>${told}</option>`)}
  </select>
</div>`;

/** @param {Field} props */
const Time = ({ name, of, label }) => html`<div class="field">
  <label for=${`by-${name}`}>${label}</label>
  <input
    id=${`by-${name}`}
    type="datetime-local"
    value=${picked(of[name])}
    onChange=${(/** @type {any} */ { target }) => filter(name, target.value ? new Date(target.value).toISOString() : '')}
  />
</div>`;

/** Puts a filter into the address, and goes back to the newest. @param {string} name @param {string} value */
const filter = (name, value) => refine({ [name]: value.trim() === '' ? null : value, cursor: null });

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
