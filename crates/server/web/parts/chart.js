// Bars of 24 hours: allowed, held and denied on top of each other. Drawn by attributes, since a page has no style of
// its own; the figures stand beside it in words.

import { count, counted, localHour } from '../figure.js';
import { html } from '../view.js';

/** @typedef {{ at: string, actions: number, denied: number, held: number }} Hour */

const GAP = 1;

/**
 * @param {{ hours: Hour[], width?: number, height?: number }} props
 */
export function Spark({ hours, width = 168, height = 28 }) {
  const told = `${counted(sum(hours, 'actions'), 'action')} in 24 hours, ${count(sum(hours, 'denied'))} denied, ${count(sum(hours, 'held'))} held`;
  return html`<svg class="spark" viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} role="img" aria-label=${told}>
    ${bars(hours, width, height, false)}
    <line class="base" x1="0" x2=${width} y1=${height - 0.5} y2=${height - 0.5} />
  </svg>`;
}

/**
 * The same, large, with its axis and its figures as a table.
 * @param {{ hours: Hour[] }} props
 */
export function Day({ hours }) {
  const [width, height] = [720, 132];
  const most = Math.max(1, ...hours.map((each) => each.actions));
  const marks = hours.map((each, index) => ({ each, index })).filter(({ index }) => index % 6 === 0);
  return html`<figure class="day">
    <figcaption class="legend">
      <span class="key allowed">allowed</span><span class="key held">held</span><span class="key denied">denied</span>
      <span class="quiet">most in an hour: ${counted(most === 1 && sum(hours, 'actions') === 0 ? 0 : most, 'action')}</span>
    </figcaption>
    <svg class="spark wide" viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label="actions by the hour; the table below has the figures">
      <line class="grid" x1="0" x2=${width} y1="0.5" y2="0.5" />
      <line class="grid" x1="0" x2=${width} y1=${height / 2} y2=${height / 2} />
      ${bars(hours, width, height, true)}
      <line class="base" x1="0" x2=${width} y1=${height - 0.5} y2=${height - 0.5} />
    </svg>
    <div class="hours" aria-hidden="true">${marks.map(({ each }) => html`<span>${localHour(each.at)}</span>`)}<span>now</span></div>
    <details class="quiet small"><summary>Figures by the hour</summary>
      <table class="plain"><thead><tr><th scope="col">from</th><th scope="col">actions</th><th scope="col">held</th><th scope="col">denied</th></tr></thead>
        <tbody>${hours.map((each) => html`<tr><td>${localHour(each.at)}</td><td>${count(each.actions)}</td><td>${count(each.held)}</td><td>${count(each.denied)}</td></tr>`)}</tbody>
      </table>
    </details>
  </figure>`;
}

/**
 * @param {Hour[]} hours
 * @param {number} width
 * @param {number} height
 * @param {boolean} told whether each bar says its figures on hover
 */
function bars(hours, width, height, told) {
  const most = Math.max(1, ...hours.map((each) => each.actions));
  const step = width / Math.max(1, hours.length);
  const gap = told ? GAP * 4 : GAP;
  return hours.map((each, index) => {
    const tall = (/** @type {number} */ number) => (number === 0 ? 0 : Math.max(1.5, (number / most) * (height - 2)));
    const [denied, held] = [tall(each.denied), tall(each.held)];
    const allowed = Math.max(0, tall(each.actions) - denied - held);
    const x = (index * step + gap / 2).toFixed(2);
    const wide = (step - gap).toFixed(2);
    let y = height;
    const bar = (/** @type {string} */ look, /** @type {number} */ size) => size > 0 && html`<rect class=${look} x=${x} y=${(y -= size).toFixed(2)} width=${wide} height=${size.toFixed(2)} />`;
    return html`<g>${told && html`<title>${localHour(each.at)}: ${counted(each.actions, 'action')}, ${count(each.denied)} denied, ${count(each.held)} held</title><rect class="hover" x=${index * step} y="0" width=${step} height=${height} />`}
      ${bar('denied', denied)}${bar('held', held)}${bar('allowed', allowed)}</g>`;
  });
}

/** @param {Hour[]} hours @param {'actions' | 'denied' | 'held'} of */
export const sum = (hours, of) => hours.reduce((total, each) => total + each[of], 0);

/**
 * How much of a limit is used.
 * @param {{ part: number, label: string }} props
 */
export function Usage({ part, label }) {
  const percent = Math.round(Math.min(1, Math.max(0, part)) * 100);
  const look = part >= 1 ? 'full' : part >= 0.8 ? 'near' : 'fine';
  return html`<svg class=${`usage ${look}`} viewBox="0 0 100 8" preserveAspectRatio="none" role="meter" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${percent} aria-label=${label}>
    <rect class="track" width="100" height="8" /><rect class="used" width=${percent} height="8" />
  </svg>`;
}
