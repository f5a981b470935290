// The public HTTP API, by the cookie of the session. The dashboard has no other door.

import { learn } from './clock.js';
import { store } from './store.js';

/** A server that takes longer does not answer: a page says so rather than wait for ever. */
const PATIENCE_MS = 30_000;
/** So long may an answer take that is computed from the whole ledger. */
const COMPUTING_MS = 600_000;

/** Since when nothing answers, by the browser's clock; null while the server does. */
export const downSince = store(/** @type {number | null} */ (null));

/** Who is signed in; undefined until that is known. */
export const session = store(/** @type {Api.SessionBody | null | undefined} */ (undefined));

/** An answer that is no success: a problem document (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {Partial<Api.Problem>} body
   */
  constructor(status, body) {
    super(body.detail || body.title || `the server answered ${status}`);
    this.status = status;
    this.code = body.type?.split(':').at(-1) ?? '';
    this.findings = body.findings ?? [];
  }
}

/** No answer at all. */
export class Unreachable extends Error {}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export const get = (path, signal) => ask('GET', path, undefined, signal);

/**
 * Asks for what has to be computed first.
 * @param {string} path
 * @param {AbortSignal} signal
 * @returns {Promise<any>}
 */
export const compute = (path, signal) => ask('GET', path, undefined, signal, COMPUTING_MS);

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @param {number} [patienceMs]
 * @returns {Promise<any>}
 */
export async function ask(method, path, body, signal, patienceMs = PATIENCE_MS) {
  const headers = body === undefined ? undefined : { 'content-type': 'application/json' };
  const answer = await reach(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal }, patienceMs);
  if (answer.status === 401 && !path.startsWith('/v1/session')) session.set(null);
  const text = await answer.text();
  const read = parse(text);
  if (!answer.ok) throw new Problem(answer.status, typeof read === 'object' && read ? read : {});
  return read;
}

/**
 * @param {string} path
 * @param {RequestInit} request
 * @param {number} patienceMs
 */
async function reach(path, request, patienceMs) {
  const signals = [AbortSignal.timeout(patienceMs), ...(request.signal ? [request.signal] : [])];
  let answer;
  try {
    answer = await fetch(path, { ...request, signal: AbortSignal.any(signals), cache: 'no-store', credentials: 'same-origin', redirect: 'error' });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    lost();
    throw new Unreachable('syndic does not answer');
  }
  // What stands before the server answers for it in these words.
  if (answer.status === 502 || answer.status === 504) {
    lost();
    throw new Unreachable('syndic does not answer');
  }
  learn(answer.headers.get('date'));
  downSince.set(null);
  return answer;
}

/** Notes that nothing answers. */
export function lost() {
  if (downSince.get() === null) downSince.set(Date.now());
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Writes a path with its query; what is empty is left out.
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} query
 */
export function withQuery(path, query) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== '' && value !== null && value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * Writes a path of which the parts may hold anything.
 * @param {...string} parts
 */
export const path = (...parts) => `/${parts.map(encodeURIComponent).join('/')}`;

/** Tells whether the session may do something. @param {string} what */
export const may = (what) => session.get()?.may.includes(what) ?? false;
