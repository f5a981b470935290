// What every page has around it: where one can go, whether what is shown is now, and who looks.

import { ask, downSince, session } from '../api.js';
import { now, skewMs } from '../clock.js';
import { length, localTime } from '../figure.js';
import { hush, live } from '../live.js';
import { href } from '../route.js';
import { useStore } from '../store.js';
import { revealed } from '../text.js';
import { html } from '../view.js';
import { Logo } from './logo.js';

const PAGES = [
  ['health', 'Health', []],
  ['actions', 'Actions', ['actions']],
  ['policies', 'Policies', ['policies']],
  ['approvals', 'Approvals', ['approvals']],
  ['compliance', 'Compliance', ['compliance']],
];

/**
 * @param {{ here: string, children: any }} props
 */
export function Frame({ here, children }) {
  return html`<a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header class="top">
      <div class="bar">
        <a class="brand" href="#/"><${Logo} />syndic</a>
        <nav aria-label="Dashboard">
          ${PAGES.map(([id, name, parts]) => html`<a href=${href(/** @type {string[]} */ (parts))} aria-current=${id === here ? 'page' : undefined}>${name}</a>`)}
        </nav>
        <${Who} />
      </div>
      <${Down} />
      <${Skew} />
    </header>
    <main id="main" tabindex="-1">${children}</main>
    <footer class="bottom"><p>Figures are of the last 24 hours and by the server's clock. What is changed here is recorded with who did it.</p></footer>`;
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Who() {
  const of = useStore(session);
  const state = useStore(live);
  const isDown = useStore(downSince) !== null;
  if (!of) return null;
  const told = isDown ? ['down', 'not reached'] : state === 'live' ? ['on', 'live'] : ['wait', 'connecting'];
  return html`<div class="who">
    <span class=${`pulse ${told[0]}`} role="status" title="whether new records come as they are made">${told[1]}</span>
    <span class="name" title=${`key ${of.key}`}>${of.person ? revealed(of.person) : of.role}</span>
    <button class="plain" type="button" onClick=${signOut}>Sign out</button>
  </div>`;
}

async function signOut() {
  hush();
  try {
    await ask('DELETE', '/v1/session');
  } finally {
    session.set(null);
  }
}

/** Nothing answers: since when, and that it is tried again. */
function Down() {
  const since = useStore(downSince);
  if (since === null) return null;
  return html`<div class="across bad" role="alert"><p><strong>syndic does not answer.</strong> What you see is from ${localTime(since + skewMs.get())} and changes no more. Trying again every two seconds. On its machine: <code>syndic status</code></p></div>`;
}

/** The two clocks differ so much that somebody might read a time wrongly. */
function Skew() {
  const ms = useStore(skewMs);
  if (Math.abs(ms) < 60_000) return null;
  return html`<div class="across"><p>This browser's clock is ${length(Math.abs(ms))} ${ms > 0 ? 'behind' : 'ahead of'} the server's, by which it is ${localTime(now())}. “Ago” is by the server's.</p></div>`;
}
