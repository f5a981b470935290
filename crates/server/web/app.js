// The dashboard: who is signed in, and the page that the address names.

import { downSince, session } from './api.js';
import { recall } from './data.js';
import { hush, listen } from './live.js';
import { Health } from './pages/health.js';
import { LOOKERS, SignIn } from './pages/sign-in.js';
import { Frame } from './parts/frame.js';
import { Empty } from './parts/said.js';
import { route } from './route.js';
import { useStore } from './store.js';
import { html, render, useEffect, useRef, useState } from './view.js';

function App() {
  const of = useStore(session);
  const isDown = useStore(downSince) !== null;
  const looks = of !== null && of !== undefined && LOOKERS.includes(of.role);
  useEffect(() => {
    if (looks) listen();
    else hush();
  }, [looks]);
  useEffect(() => {
    if (of?.role === 'approver') location.replace('/approvals');
  }, [of]);
  if (of === undefined) return html`<main class="slim"><p class="quiet loading" role="status">${isDown ? 'syndic does not answer. Trying again…' : 'One moment…'}</p></main>`;
  if (!looks) return html`<${SignIn} />`;
  return html`<${Shown} />`;
}

function Shown() {
  const { parts } = useStore(route);
  const [first = 'health', second, third] = parts;
  const place = parts.join('/');
  const former = useRef(place);
  useEffect(() => {
    document.title = `${document.querySelector('h1')?.textContent ?? 'Dashboard'} · syndic`;
    if (former.current === place) return;
    former.current = place;
    window.scrollTo(0, 0);
    document.getElementById('main')?.focus({ preventScroll: true });
  });
  const [here, page] = pick(first, second, third);
  return html`<${Frame} here=${here}>${page}</${Frame}>`;
}

/** Pages that are fetched when they are first shown: the first page stays small. @type {Record<string, () => Promise<any>>} */
const LATER = {
  action: () => import('./pages/action.js').then((module) => module.Action),
  actions: () => import('./pages/actions.js').then((module) => module.Actions),
  agent: () => import('./pages/agent.js').then((module) => module.Agent),
  approvals: () => import('./pages/approvals.js').then((module) => module.Approvals),
  compliance: () => import('./pages/compliance.js').then((module) => module.Compliance),
  policies: () => import('./pages/policies.js').then((module) => module.Policies),
  policy: () => import('./pages/policy.js').then((module) => module.Policy),
  report: () => import('./pages/report.js').then((module) => module.Report),
  revisions: () => import('./pages/revisions.js').then((module) => module.Revisions),
};

/**
 * @param {string} first
 * @param {string | undefined} second
 * @param {string | undefined} third
 */
function pick(first, second, third) {
  if (first === 'health') return ['health', html`<${Health} />`];
  if (first === 'agents' && second) return ['health', later('agent', { id: second })];
  if (first === 'actions' && second) return ['actions', later('action', { id: second })];
  if (first === 'actions') return ['actions', later('actions')];
  if (first === 'policies' && second === 'revisions') return ['policies', later('revisions', { revision: third })];
  if (first === 'policies' && second) return ['policies', later('policy', { name: second })];
  if (first === 'policies') return ['policies', later('policies')];
  if (first === 'approvals') return ['approvals', later('approvals')];
  if (first === 'compliance' && second) return ['compliance', later('report', { id: second })];
  if (first === 'compliance') return ['compliance', later('compliance')];
  return ['', html`<h1 class="away">No such page</h1><${Empty} title="There is no such page"><a href="#/">Go to Health</a></${Empty}>`];
}

/**
 * @param {string} page
 * @param {Record<string, any>} [props]
 */
const later = (page, props = {}) => html`<${Later} key=${`${page} ${props['id'] ?? props['name'] ?? ''}`} page=${page} props=${props} />`;

/** @param {{ page: string, props: Record<string, any> }} props */
function Later({ page, props }) {
  const [found, setFound] = useState(/** @type {{ shown?: any, failed?: boolean }} */ ({}));
  useEffect(() => {
    LATER[page]?.().then((shown) => setFound({ shown }), () => setFound({ failed: true }));
  }, [page]);
  // A server that was renewed meanwhile has no files of the former version.
  if (found.failed) {
    return html`<div class="note bad" role="alert"><p>This page could not be fetched.</p>
      <p><button class="plain" type="button" onClick=${() => location.reload()}>Reload</button></p></div>`;
  }
  return found.shown ? html`<${found.shown} ...${props} />` : html`<p class="quiet loading" role="status">One moment…</p>`;
}

const place = document.getElementById('app');
if (place) {
  void recall();
  place.replaceChildren();
  render(html`<${App} />`, place);
}
