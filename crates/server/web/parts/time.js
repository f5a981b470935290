// Times: how long ago by the server's clock, in the reader's zone, with UTC on hover.

import { now, skewMs, tick } from '../clock.js';
import { localTime, span, utc } from '../figure.js';
import { useStore } from '../store.js';
import { html } from '../view.js';

/**
 * How long ago something was.
 * @param {{ at: string | null | undefined, never?: string }} props
 */
export function Ago({ at, never = 'never' }) {
  useStore(tick);
  useStore(skewMs);
  if (!at) return html`<span class="quiet">${never}</span>`;
  return html`<time datetime=${at} title=${`${localTime(at)} (${utc(at)})`}>${ago(at)}</time>`;
}

/** @param {string} at */
function ago(at) {
  const ms = now() - Date.parse(at);
  return ms < 2_000 ? 'just now' : `${span(ms)} ago`;
}

/**
 * How long until something ends.
 * @param {{ at: string }} props
 */
export function Until({ at }) {
  useStore(tick);
  useStore(skewMs);
  const ms = Date.parse(at) - now();
  return html`<time datetime=${at} title=${`${localTime(at)} (${utc(at)})`}>${ms <= 0 ? 'over' : `${span(ms)} left`}</time>`;
}

/**
 * A time of day.
 * @param {{ at: string }} props
 */
export const When = ({ at }) => html`<time datetime=${at} title=${utc(at)}>${localTime(at)}</time>`;
