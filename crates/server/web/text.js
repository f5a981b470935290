// Text that others wrote: shown as text, with what a reader cannot see made visible.

import { html } from './view.js';

/** What moves or hides other text, or looks like nothing: controls, directions, blanks without width, tags. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/u;
const PARTS = new RegExp(`(${UNSEEN.source})`, 'u');

/** How much of a name stands in a row. */
const SHOWN = 64;

/**
 * Shows text with its unseen characters as marks.
 * @param {string} text
 */
export function revealed(text) {
  if (!UNSEEN.test(text)) return text;
  return text.split(PARTS).map((part) =>
    part.length <= 2 && UNSEEN.test(part) ? html`<i class="mark" title="a character that cannot be seen">${code(part)}</i>` : part,
  );
}

/** @param {string} character */
const code = (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Cuts text to so many characters as people count them, and says whether anything is gone.
 * @param {string} text
 * @param {number} most
 * @returns {[string, boolean]}
 */
export function cut(text, most = SHOWN) {
  if (text.length <= most) return [text, false];
  let [kept, count] = ['', 0];
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, most * 8))) {
    if (count === most || kept.length + segment.length > most * 4) return [kept, true];
    kept += segment;
    count += 1;
  }
  return [kept, kept.length < text.length];
}

/**
 * A name in a row or a heading: apart from the direction of what stands around it, and not longer than it should be.
 * @param {{ of: string, most?: number }} props
 */
export function Name({ of, most }) {
  const [kept, isCut] = cut(of, most);
  return html`<bdi class="name-of" title=${isCut ? `${of.length.toLocaleString()} characters` : undefined}>${revealed(kept)}${isCut && '…'}</bdi>`;
}

/**
 * Text of any length, of which the rest is shown when asked for; `prose` where names stand in backticks.
 * @param {{ of: string, most?: number, prose?: boolean }} props
 */
export function Long({ of, most = 280, prose = false }) {
  const [kept, isCut] = cut(of, most);
  const shown = (/** @type {string} */ text) => (prose ? html`<${Prose} of=${text} />` : revealed(text));
  if (!isCut) return html`<bdi>${shown(of)}</bdi>`;
  return html`<details class="long"><summary><bdi>${shown(kept)}…</bdi> <span class="more">all ${of.length.toLocaleString()} characters</span></summary><bdi>${shown(of)}</bdi></details>`;
}

/**
 * Prose of the server, in which names and commands stand in backticks.
 * @param {{ of: string }} props
 */
export function Prose({ of }) {
  return of.split(/(`[^`]+`)/).map((part) => (/^`[^`]+`$/.test(part) ? html`<code>${revealed(part.slice(1, -1))}</code>` : revealed(part)));
}

/** Writes what a server says in the middle of a line as a sentence. @param {string} text */
export const sentence = (text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?`]$/.test(text) ? '' : '.'}`;
