// The dashboard: who is signed in, and the page that the address names.

import { downSince, session } from './api.js';
import { recall } from './data.js';
import { hush, listen } from './live.js';
import { Action } from './pages/action.js';
import { Actions } from './pages/actions.js';
import { Agent } from './pages/agent.js';
import { Approvals } from './pages/approvals.js';
import { Compliance } from './pages/compliance.js';
import { Health } from './pages/health.js';
import { Policies } from './pages/policies.js';
import { Policy } from './pages/policy.js';
import { Revisions } from './pages/revisions.js';
import { LOOKERS, SignIn } from './pages/sign-in.js';
import { Frame } from './parts/frame.js';
import { Empty } from './parts/said.js';
import { route } from './route.js';
import { useStore } from './store.js';
import { html, render, useEffect, useRef } from './view.js';

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

/**
 * @param {string} first
 * @param {string | undefined} second
 * @param {string | undefined} third
 */
function pick(first, second, third) {
  if (first === 'health') return ['health', html`<${Health} />`];
  if (first === 'agents' && second) return ['health', html`<${Agent} key=${second} id=${second} />`];
  if (first === 'actions' && second) return ['actions', html`<${Action} key=${second} id=${second} />`];
  if (first === 'actions') return ['actions', html`<${Actions} />`];
  if (first === 'policies' && second === 'revisions') return ['policies', html`<${Revisions} revision=${third} />`];
  if (first === 'policies' && second) return ['policies', html`<${Policy} key=${second} name=${second} />`];
  if (first === 'policies') return ['policies', html`<${Policies} />`];
  if (first === 'approvals') return ['approvals', html`<${Approvals} />`];
  if (first === 'compliance') return ['compliance', html`<${Compliance} />`];
  return ['', html`<h1 class="away">No such page</h1><${Empty} title="There is no such page"><a href="#/">Go to Health</a></${Empty}>`];
}

const place = document.getElementById('app');
if (place) {
  place.replaceChildren();
  render(html`<${App} />`, place);
  void recall();
}
