// Words in colour; the word itself says it too.

import { html } from '../view.js';

const EFFECTS = /** @type {Record<string, [string, string]>} */ ({
  allow: ['allowed', 'good'],
  deny: ['denied', 'bad'],
  hold: ['held', 'wait'],
});
const RESULTS = /** @type {Record<string, string>} */ ({ passed: 'good', blocked: 'bad', held: 'wait' });
const STATES = /** @type {Record<string, string>} */ ({ active: 'good', suspended: 'bad', silent: 'wait', new: 'plain' });
const GRADES = /** @type {Record<string, string>} */ ({
  advisory: "the agent's own program asks; it could go around",
  cooperative: 'the program that runs the agent asks before it acts',
  'in-path': 'the call goes through syndic',
  exclusive: 'nothing but syndic can make the call',
});
const STATUSES = /** @type {Record<string, string>} */ ({
  pending: 'waiting',
  approved: 'approved',
  rejected: 'rejected',
  timeout: 'not answered in time',
  cancelled: 'cancelled',
});

/** @param {{ is: string, of?: string }} props */
export const Effect = ({ is }) => {
  const [word, look] = EFFECTS[is] ?? [is, 'plain'];
  return html`<span class=${`tag ${look}`}>${word}</span>`;
};

/** @param {{ is: string }} props */
export const Result = ({ is }) => html`<span class=${`tag ${RESULTS[is] ?? 'plain'}`}>${is}</span>`;

/** @param {{ is: string, plain?: boolean }} props */
export const Risk = ({ is, plain = false }) => html`<span class=${`tag ${is}`}>${is}${plain ? '' : ' risk'}</span>`;

/** @param {{ is: string }} props */
export const State = ({ is }) => html`<span class=${`tag ${STATES[is] ?? 'plain'}`}>${is}</span>`;

/** @param {{ is: string }} props */
export const Status = ({ is }) => html`<span class=${`tag ${is}`}>${STATUSES[is] ?? is}</span>`;

/** @param {{ is: string }} props */
export const Mode = ({ is }) =>
  html`<span class=${`mode ${is}`} title=${is === 'observe' ? 'decided and recorded; nothing is stopped' : 'what is denied or held does not run'}>${is}</span>`;

/** @param {{ is: string | null | undefined }} props */
export const Grade = ({ is }) =>
  is ? html`<span class="grade" title=${GRADES[is]}>${is}</span>` : html`<span class="quiet" title="it has done nothing yet">not known</span>`;

/** Says what a grade means. @param {string} grade */
export const meaning = (grade) => GRADES[grade] ?? '';
