// Tables. On a narrow screen a row is a card, and each cell says what it is of.

import { html } from '../view.js';

/** @typedef {string | false | { name: string, look: string }} Column */

/** A column of numbers. @param {string} name */
export const number = (name) => ({ name, look: 'number' });

/** A column of which only those who hear the page need the name. @param {string} name */
export const unnamed = (name) => ({ name, look: 'away' });

/**
 * @param {{ columns: Column[], look?: string, bare?: boolean, children: any }} props `bare` where a card is around it
 */
export function Table({ columns, look = '', bare = false, children }) {
  const table = html`<table class=${`table ${look}`}>
    <thead><tr>${columns.map(heading)}</tr></thead>
    <tbody>${children}</tbody>
  </table>`;
  return bare ? table : html`<div class="table-card">${table}</div>`;
}

/** @param {Column} column */
function heading(column) {
  if (column === false) return null;
  if (typeof column === 'string') return html`<th scope="col">${column}</th>`;
  if (column.look === 'away') return html`<th scope="col"><span class="away">${column.name}</span></th>`;
  return html`<th scope="col" class=${column.look}>${column.name}</th>`;
}

/** What a row is about. @param {{ children: any }} props */
export const What = ({ children }) => html`<th scope="row" class="what">${children}</th>`;

/** @param {{ of: string, look?: string, children: any }} props */
export const Cell = ({ of, look, children }) => html`<td data-label=${of} class=${look}>${children}</td>`;
