// A part of a long list at a time.

import { count } from '../figure.js';
import { refine } from '../route.js';
import { html } from '../view.js';

/**
 * @param {{ page: number, size: number, total: number, what: string }} props
 */
export function Pager({ page, size, total, what }) {
  const last = Math.max(1, Math.ceil(total / size));
  if (last === 1) return null;
  const to = (/** @type {number} */ next) => () => refine({ page: next === 1 ? null : String(next) });
  return html`<nav class="pager" aria-label="Pages">
    <button class="plain" type="button" disabled=${page <= 1} onClick=${to(page - 1)}>Previous</button>
    <span class="quiet" role="status">${count((page - 1) * size + 1)}–${count(Math.min(total, page * size))} of ${count(total)} ${what}</span>
    <button class="plain" type="button" disabled=${page >= last} onClick=${to(page + 1)}>Next</button>
  </nav>`;
}
