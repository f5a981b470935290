// Where in the dashboard somebody is: `#/actions?agent=customer-support`. It stands in the fragment, which browsers do
// not send: what people search for is in no log of a server or a proxy.

import { store } from './store.js';

/** @typedef {{ parts: string[], query: URLSearchParams, text: string }} Route */

/** @returns {Route} */
function read() {
  const text = location.hash.replace(/^#\/?/, '');
  const [path = '', query = ''] = text.split('?', 2);
  return { parts: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query), text };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = store(read());
window.addEventListener('hashchange', () => route.set(read()));

/**
 * @param {string[]} parts
 * @param {Record<string, string | null | undefined>} [query]
 */
export function href(parts, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

/**
 * Goes there without another entry in the browser's history.
 * @param {string} to
 */
export function replace(to) {
  history.replaceState(null, '', to);
  route.set(read());
}

/**
 * Changes filters of the present page; an empty value takes one away.
 * @param {Record<string, string | null | undefined>} changes
 */
export function refine(changes) {
  const { parts, query } = route.get();
  replace(href(parts, { ...Object.fromEntries(query), ...changes }));
}
