// Signing in: by a code that is good once, or by a key.

import { ask, session } from '../api.js';
import { Logo } from '../parts/logo.js';
import { replace } from '../route.js';
import { sentence } from '../text.js';
import { html, useEffect, useState } from '../view.js';

/** A code that came in the link; taken out of the address bar before anything else happens. */
const given = codeInLink();

// A link that is opened where the dashboard is open already changes the fragment alone.
addEventListener('hashchange', () => codeInLink() && location.reload());

function codeInLink() {
  return new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
}
if (given) replace('#/');

/** An agent's key opens no page, and approvers have pages of their own. */
export const LOOKERS = ['auditor', 'admin'];

export function SignIn() {
  const [by, setBy] = useState(/** @type {'key' | 'code'} */ (given ? 'code' : 'key'));
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState('');
  const [sending, setSending] = useState(given !== '');
  useEffect(() => {
    if (given) void send('code', given);
  }, []);

  /** @param {'key' | 'code'} what @param {string} value */
  async function send(what, value) {
    setSending(true);
    setWrong('');
    try {
      await ask('POST', '/v1/session', { [what]: value.trim() });
      const who = await ask('GET', '/v1/session');
      if (who.role === 'approver') location.assign('/approvals');
      else session.set(who);
    } catch (error) {
      setWrong(/** @type {Error} */ (error).message);
      setSending(false);
    }
  }

  return html`<header class="top"><div class="bar"><span class="brand"><${Logo} />syndic</span></div></header>
    <main id="main" class="slim">
      <div class="card stack">
        <div class="stack tight"><h1>Sign in</h1><p class="quiet">To see how agents are governed.</p></div>
        ${wrong && html`<div class="note bad" role="alert"><p>${sentence(wrong)}</p></div>`}
        <form class="stack" onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), send(by, text))}>
          <fieldset class="tabs"><legend class="away">Sign in by</legend>
            ${[['key', 'By key'], ['code', 'By code']].map(([id, name]) => html`<label><input type="radio" name="by" checked=${by === id} onChange=${() => (setBy(/** @type {any} */ (id)), setText(''))} /><span>${name}</span></label>`)}
          </fieldset>
          ${by === 'key'
            ? html`<div class="field" key="key"><label for="key">Auditor or admin key</label>
              <input id="key" type="password" required autocomplete="current-password" spellcheck=${false} autocapitalize="none" value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} aria-describedby="key-hint" />
              <p class="hint" id="key-hint">It begins with <code>syndic_</code>. An administrator makes one: <code>syndic keys create --role auditor</code></p></div>`
            : html`<div class="field" key="code"><label for="code">Code</label>
              <input id="code" type="text" required autocomplete="one-time-code" spellcheck=${false} autocapitalize="characters" placeholder="XXXX-XXXX" value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} aria-describedby="code-hint" />
              <p class="hint" id="code-hint">In a terminal, <code>syndic serve</code> prints it with a link. It is good once, for ten minutes.</p></div>`}
          <button type="submit" disabled=${sending}>${sending ? 'Signing in…' : 'Sign in'}</button>
        </form>
        <p class="hint">You approve what agents ask for? <a href="/sign-in">Sign in to the approvals</a>.</p>
      </div>
    </main>`;
}
