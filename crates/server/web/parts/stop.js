// The stop button: an agent, or all of them, does nothing from its next decision on. A reason is asked for and recorded.

import { ask, may, path } from '../api.js';
import { Name } from '../text.js';
import { html, useEffect, useRef, useState } from '../view.js';

/**
 * @param {{ agent: string, name: string, suspended: boolean, done: () => void, small?: boolean }} props
 */
export function Stop({ agent, name, suspended, done, small = false }) {
  const [open, setOpen] = useState(false);
  if (!may('suspend')) return null;
  const all = agent === '*';
  const word = suspended ? (all ? 'Lift the stop' : 'Resume') : all ? 'Stop all agents' : 'Suspend';
  const label = all ? undefined : `${word} ${agent}`;
  return html`<button type="button" class=${`${suspended ? 'plain' : 'stop'} ${small ? 'small' : ''}`} aria-label=${label} onClick=${() => setOpen(true)}>${word}</button>
    ${open && html`<${Asking} ...${{ agent, name, suspended, word }} end=${(/** @type {boolean} */ did) => (setOpen(false), did && done())} />`}`;
}

/**
 * @param {{ agent: string, name: string, suspended: boolean, word: string, end: (did: boolean) => void }} props
 */
function Asking({ agent, name, suspended, word, end }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState('');
  const [sending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  /** @param {Event} event */
  async function send(event) {
    event.preventDefault();
    setSending(true);
    try {
      await ask('POST', `${path('v1', 'agents', agent)}/${suspended ? 'resume' : 'suspend'}`, { reason: reason.trim() });
      end(true);
    } catch (error) {
      setWrong(/** @type {Error} */ (error).message);
      setSending(false);
    }
  }

  return html`<dialog ref=${dialog} class="card" aria-labelledby="stop-title" onClose=${() => end(false)}>
    <form class="stack" onSubmit=${send}>
      <h2 id="stop-title">${agent === '*' ? word : html`${word} <${Name} of=${name} />`}</h2>
      <p>${told(agent, suspended)}</p>
      ${wrong && html`<div class="note bad" role="alert"><p>${wrong}</p></div>`}
      <div class="field">
        <label for="stop-reason">Reason</label>
        <textarea id="stop-reason" required maxlength="500" autofocus value=${reason} onInput=${(/** @type {any} */ event) => setReason(event.target.value)} aria-describedby="stop-hint"></textarea>
        <p class="hint" id="stop-hint">Recorded with your key. Whoever looks at the agent sees it.</p>
      </div>
      <div class="buttons">
        <button type="button" class="plain" onClick=${() => dialog.current?.close()}>Cancel</button>
        <button type="submit" class=${suspended ? '' : 'stop filled'} disabled=${sending || reason.trim() === ''}>${word}</button>
      </div>
    </form>
  </dialog>`;
}

/** @param {string} agent @param {boolean} suspended */
function told(agent, suspended) {
  if (agent === '*') {
    return suspended
      ? 'Every agent may act again as its policies say. One that was suspended by itself stays suspended.'
      : 'Every agent is denied from its next action on, those registered later too, across restarts, until the stop is lifted.';
  }
  return suspended ? 'It may act again, as its policies say.' : 'It is denied from its next action on, across restarts, until somebody resumes it. What already runs is not called back.';
}
