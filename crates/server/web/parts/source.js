// Cedar and diffs, in colour.

import { html } from '../view.js';
import { revealed } from '../text.js';

const CEDAR = new RegExp(
  [
    '(?<comment>//[^\\n]*)',
    '(?<string>"(?:[^"\\\\\\n]|\\\\.)*")',
    '(?<note>@[A-Za-z_]\\w*)',
    '(?<effect>\\b(?:permit|forbid)\\b)',
    '(?<word>\\b(?:when|unless|in|has|like|is|if|then|else|true|false)\\b)',
    '(?<who>\\b(?:principal|action|resource|context)\\b)',
    '(?<kind>\\b[A-Z]\\w*(?:::[A-Z]\\w*)*(?=::"))',
    '(?<call>\\b[a-z]\\w*(?=\\())',
    '(?<number>\\b\\d+\\b)',
  ].join('|'),
  'g',
);

/**
 * A policy as it is written.
 * @param {{ of: string, label: string }} props
 */
export const Cedar = ({ of, label }) => html`<pre class="source" tabindex="0" role="region" aria-label=${label}><code>${coloured(of.trimEnd())}</code></pre>`;

/** @param {string} text */
function coloured(text) {
  /** @type {any[]} */
  const parts = [];
  let done = 0;
  for (const match of text.matchAll(CEDAR)) {
    if (match.index > done) parts.push(revealed(text.slice(done, match.index)));
    const look = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined)?.[0];
    parts.push(html`<span class=${`cedar-${look}`}>${revealed(match[0])}</span>`);
    done = match.index + match[0].length;
  }
  parts.push(revealed(text.slice(done)));
  return parts;
}

/**
 * A unified diff.
 * @param {{ of: string, label: string }} props
 */
export function Diff({ of, label }) {
  const lines = of.trimEnd().split('\n').filter((line) => !/^(---|\+\+\+) /.test(line));
  const looks = /** @type {Record<string, string>} */ ({ '+': 'added', '-': 'removed', '@': 'place' });
  return html`<pre class="source diff" tabindex="0" role="region" aria-label=${label}><code>${lines.map((line) => html`<span class=${looks[line[0] ?? ''] ?? 'same'}>${revealed(line) || ' '}</span>`)}</code></pre>`;
}

/**
 * Any value of JSON, as it would be written.
 * @param {{ of: unknown, label: string }} props
 */
export const Json = ({ of, label }) => html`<pre class="source" tabindex="0" role="region" aria-label=${label}><code>${revealed(JSON.stringify(of, null, 2) ?? 'null')}</code></pre>`;
