// What can be said of a duty: a word, a shape and a colour, each of which is enough by itself.

import { count } from '../figure.js';
import { html } from '../view.js';

const RING = 'M8 1.25a6.75 6.75 0 1 1 0 13.5a6.75 6.75 0 1 1 0-13.5z';
const TICK = 'M4.9 8.3l2.2 2.2 4.1-4.6';

/**
 * A word, its colour, the lines of its shape, what of that is filled, and whether the lines cut through it.
 * @typedef {{ word: string, look: string, lines: string, filled?: string, cut?: boolean, means: string }} Sign
 */

/** Best first. @type {Record<string, Sign>} */
export const STATUSES = {
  satisfied_measured: { word: 'measured', look: 'good', filled: RING, lines: TICK, cut: true, means: 'fresh machine evidence meets the rule' },
  satisfied_attested: { word: 'attested', look: 'said', lines: RING + TICK, means: 'somebody answers for it; no machine shows it' },
  partial: { word: 'in part', look: 'wait', lines: RING, filled: 'M8 1.25a6.75 6.75 0 0 1 0 13.5z', means: 'some of the evidence is there, not all' },
  not_satisfied: { word: 'not met', look: 'bad', filled: 'M1.5 1.5h13v13h-13z', lines: 'M5 5l6 6M11 5l-6 6', cut: true, means: 'evidence shows that the rule is not met' },
  unknown: { word: 'unknown', look: 'plain', lines: `${RING}M5.9 6.3a2.1 2.1 0 1 1 3 1.9c-.7.3-.9.7-.9 1.4M8 11.7v.2`, means: 'there is no evidence; never counted as met' },
  stale: { word: 'stale', look: 'wait', lines: `${RING}M8 4.2V8l2.6 1.7`, means: 'the evidence is past its time, or something changed since' },
  not_applicable: { word: 'not applicable', look: 'plain', lines: 'M3 8h10', means: "ruled out by a recorded decision, or somebody else's duty" },
  not_yet_applicable: { word: 'not yet', look: 'plain', lines: 'M4 2.5l8.5 5.5L4 13.5z', means: 'it does not apply yet; it is looked at all the same' },
};

/** What a probe's rule says, how far a statement can be relied on, and where an item stands. @type {Record<string, [string, string]>} */
const ALIKE = {
  met: ['satisfied_measured', 'met'],
  not_met: ['not_satisfied', 'not met'],
  told: ['not_applicable', 'a figure'],
  holds: ['satisfied_attested', 'holds'],
  denied: ['not_satisfied', 'denied'],
  outdated: ['stale', 'outdated'],
  expired: ['stale', 'expired'],
  ahead: ['unknown', 'dated ahead'],
  done: ['satisfied_measured', 'done'],
  attested: ['satisfied_attested', 'attested'],
  open: ['not_satisfied', 'open'],
};

/** @param {string} is @returns {Sign} */
function sign(is) {
  const [like, word] = ALIKE[is] ?? [is, undefined];
  const known = STATUSES[like] ?? { word: is, look: 'plain', lines: RING, means: '' };
  return word ? { ...known, word, means: '' } : known;
}

/** @param {{ is: string, says?: string }} props `says` where another word is the right one */
export function Status({ is, says }) {
  const { word, look, means } = sign(is);
  return html`<span class=${`tag status ${look}`} title=${(!says && means) || undefined}><${Shape} is=${is} />${says ?? word}</span>`;
}

/** @param {{ is: string }} props */
function Shape({ is }) {
  const { lines, filled, cut } = sign(is);
  return html`<svg class="shape" viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
    ${filled && html`<path class="filled" d=${filled} />`}<path class=${cut ? 'cut' : ''} d=${lines} />
  </svg>`;
}

/** @param {{ counts: Record<string, number> }} props */
export const Counts = ({ counts }) => html`<ul class="counts">
  ${Object.keys(STATUSES).filter((status) => counts[status]).map((status) => html`<li><${Status} is=${status} /> ${count(counts[status] ?? 0)}</li>`)}
</ul>`;

/** How many controls are satisfied, and of how many that apply now. @param {Record<string, number>} counts @returns {[number, number]} */
export function satisfied(counts) {
  const of = (/** @type {string} */ status) => counts[status] ?? 0;
  const met = of('satisfied_measured') + of('satisfied_attested');
  return [met, met + of('partial') + of('not_satisfied') + of('unknown') + of('stale')];
}

/**
 * How many controls were satisfied at each report, oldest first: a line, and in words where it began and ended.
 * @param {{ of: Api.ReportPointBody[], width?: number, height?: number }} props newest first
 */
export function Trend({ of, width = 96, height = 24 }) {
  if (of.length < 2) return null;
  const shares = of.map(({ counts }) => satisfied(counts)).reverse();
  const most = Math.max(1, ...shares.map(([, all]) => all));
  const x = (/** @type {number} */ index) => ((index / (shares.length - 1)) * (width - 6) + 3).toFixed(1);
  const y = (/** @type {number} */ met) => (height - 3 - (met / most) * (height - 6)).toFixed(1);
  const points = shares.map(([met], index) => `${x(index)},${y(met)}`);
  const [first, last] = [shares[0] ?? [0, 0], shares.at(-1) ?? [0, 0]];
  const told = `controls satisfied over ${of.length} reports: ${first[0]} of ${first[1]}, then ${last[0]} of ${last[1]}`;
  const [endX, endY] = (points.at(-1) ?? '0,0').split(',');
  return html`<svg class="trend" viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} role="img" aria-label=${told}>
    <title>${told}</title>
    <line class="base" x1="0" x2=${width} y1=${height - 0.5} y2=${height - 0.5} />
    <polyline points=${points.join(' ')} /><circle cx=${endX} cy=${endY} r="2.5" />
  </svg>`;
}
