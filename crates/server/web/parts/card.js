// What pages are put together from: cards with a heading, and facts by name.

import { Prose, sentence } from '../text.js';
import { html, useState } from '../view.js';

/**
 * @param {{ id: string, title: any, look?: string, children: any }} props
 */
export const Card = ({ id, title, look = 'stack', children }) => html`<section class=${`card ${look}`} aria-labelledby=${id}>
  <h2 id=${id}>${title}</h2>
  ${children}
</section>`;

/** @param {{ children: any }} props */
export const Facts = ({ children }) => html`<dl class="facts">${children}</dl>`;

/** @param {{ name: any, children: any }} props */
export const Fact = ({ name, children }) => html`<div><dt>${name}</dt><dd>${children}</dd></div>`;

/** What stands where there is nothing. @param {{ children?: any, title?: string }} props */
export const None = ({ children = '–', title }) => html`<span class="quiet" title=${title}>${children}</span>`;

/**
 * What somebody can do: a command, with a button that copies it, or words.
 * @param {{ of: string }} props
 */
export function Remedy({ of }) {
  const [copied, setCopied] = useState(false);
  if (!of.startsWith('syndic ') || of.includes('`')) return html`<p><${Prose} of=${sentence(of)} /></p>`;
  const copy = () => navigator.clipboard.writeText(of).then(() => setCopied(true), () => {});
  return html`<div class="remedy">
    <${Command} of=${of} />
    ${navigator.clipboard && html`<button class="plain small" type="button" onClick=${copy} aria-label=${`${copied ? 'Copied' : 'Copy'}: ${of}`}>${copied ? 'Copied' : 'Copy'}</button>`}
  </div>`;
}

/** A command to run. @param {{ of: string }} props */
export const Command = ({ of }) => html`<pre class="command" tabindex="0" aria-label="command"><code>${of}</code></pre>`;

/**
 * The heading of a page that another leads to.
 * @param {{ back?: [string, string], title: any, children?: any }} props
 */
export const Title = ({ back, title, children }) => html`<div class="title">
  ${back && html`<p class="back"><a href=${back[0]}>← ${back[1]}</a></p>`}
  <h1>${title}</h1>
  ${children}
</div>`;
