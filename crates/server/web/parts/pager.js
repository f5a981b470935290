// A part of a long list at a time: a browser takes long to lay out ten thousand rows.

import { count } from '../figure.js';
import { refine } from '../route.js';
import { html } from '../view.js';

const SIZE = 100;

/**
 * @template T
 * @typedef {{ rows: T[], page: number, total: number }} Paged
 */

/**
 * Takes the rows of one page; a page that is not there is the nearest.
 * @template T
 * @param {T[]} all
 * @param {string | null} asked
 * @returns {Paged<T>}
 */
export function paged(all, asked) {
  const last = Math.max(1, Math.ceil(all.length / SIZE));
  const page = Math.min(Math.max(1, Math.trunc(Number(asked)) || 1), last);
  return { rows: all.slice((page - 1) * SIZE, page * SIZE), page, total: all.length };
}

/**
 * @param {{ of: Paged<any>, what: string }} props
 */
export function Pager({ of: { page, rows, total }, what }) {
  const last = Math.ceil(total / SIZE);
  if (last <= 1) return null;
  const first = (page - 1) * SIZE + 1;
  const to = (/** @type {number} */ next) => () => refine({ page: next === 1 ? null : String(next) });
  return html`<nav class="pager" aria-label="Pages">
    <button class="plain" type="button" disabled=${page <= 1} onClick=${to(page - 1)}>Previous</button>
    <span class="quiet" role="status">${count(first)}–${count(first + rows.length - 1)} of ${count(total)} ${what}</span>
    <button class="plain" type="button" disabled=${page >= last} onClick=${to(page + 1)}>Next</button>
  </nav>`;
}
