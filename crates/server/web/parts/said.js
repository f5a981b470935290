// What stands where there is nothing to show yet, or nothing can be.

import { Prose, sentence } from '../text.js';
import { html } from '../view.js';
import { Command } from './card.js';
import { Logo } from './logo.js';

/**
 * Nothing is there: what would be, and the command that makes it.
 * @param {{ title: string, children?: any, command?: string }} props
 */
export const Empty = ({ title, children, command }) => html`<div class="card empty">
  <${Logo} size=${40} />
  <p><strong>${title}</strong></p>
  ${children && html`<p class="quiet">${children}</p>`}
  ${command && html`<${Command} of=${command} />`}
</div>`;

/**
 * A page's answer is missing: it is being asked for, or cannot be had.
 * @param {{ of: { data: any, problem: any, again: () => void }, what: string }} props
 */
export function Missing({ of: { problem, again }, what }) {
  if (!problem) return html`<p class="quiet loading" role="status">Asking for ${what}…</p>`;
  return html`<div class="note bad" role="alert"><p><strong>${what[0]?.toUpperCase()}${what.slice(1)} cannot be shown.</strong> <${Prose} of=${sentence(problem.message)} /></p>
    <p><button class="plain" type="button" onClick=${again}>Ask again</button></p></div>`;
}
