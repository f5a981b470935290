// New records as they come, by server-sent events. The browser resumes by itself after a broken connection
// (`Last-Event-ID`); where it gives up, this begins anew after the last record, and has every page ask again.

import { downSince, get, lost, Problem, session } from './api.js';
import { store } from './store.js';

/** How often a server that does not answer is tried again. */
const AGAIN_MS = 2_000;
/** How long a browser may take to connect again by itself. */
const PATIENCE_MS = 4_000;
/** How long a page that nobody sees goes on listening. */
const HIDDEN_MS = 30_000;

/** Whether records come as they are made. */
export const live = store(/** @type {'live' | 'connecting' | 'off'} */ ('off'));

/** @type {Set<(record: Api.StreamRecord) => void>} */
const watching = new Set();
/** @type {Set<() => void>} */
const returning = new Set();

/** @type {EventSource | null} */
let source = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let hidden;
let missed = false;
/** The id of the last record that came. */
let last = '';

/**
 * Calls for each new record, until the returned function is called.
 * @param {(record: Api.StreamRecord) => void} told
 */
export function onRecord(told) {
  watching.add(told);
  return () => watching.delete(told);
}

/**
 * Calls when what happened meanwhile may be unknown here.
 * @param {() => void} told
 */
export function onReturn(told) {
  returning.add(told);
  return () => returning.delete(told);
}

/** How far back the stream begins. */
const BACK = 10_000;
/** A stream that is silent for this long has told what was. */
const SILENT_MS = 600;

/**
 * Collects records of some kinds among the last ones; the returned function stops it.
 * @param {Record<string, string>} query
 * @param {number} records how many there are
 * @param {(found: Api.StreamRecord[]) => void} told
 */
export function lately(query, records, told) {
  const after = Math.max(0, records - BACK);
  const past = new EventSource(`/v1/stream?${new URLSearchParams({ ...query, after: String(after) })}`);
  /** @type {Api.StreamRecord[]} */
  const found = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silent;
  const end = () => (clearTimeout(silent), past.close());
  const wait = () => {
    clearTimeout(silent);
    silent = setTimeout(() => (end(), told(found)), SILENT_MS);
  };
  past.addEventListener('open', wait);
  past.addEventListener('record', (event) => (found.push(JSON.parse(/** @type {MessageEvent} */ (event).data)), wait()));
  past.addEventListener('error', end);
  return end;
}

/** Begins to listen, after the last record that was seen; ends with the session. */
export function listen() {
  if (source) return;
  live.set('connecting');
  source = new EventSource(last ? `/v1/stream?after=${last}` : '/v1/stream');
  source.addEventListener('open', opened);
  source.addEventListener('record', (event) => {
    const { data, lastEventId } = /** @type {MessageEvent} */ (event);
    last = lastEventId;
    const record = JSON.parse(data);
    for (const tell of [...watching]) tell(record);
  });
  // The server cannot resume that far back.
  source.addEventListener('reset', () => returned());
  source.addEventListener('error', broken);
}

// A browser opens six connections to a server and no more; a page that nobody sees gives its own back.
document.addEventListener('visibilitychange', () => {
  if (!source && !hidden) return;
  clearTimeout(hidden);
  if (document.visibilityState === 'visible') {
    hidden = undefined;
    if (!source) {
      missed = true;
      listen();
    }
  } else {
    hidden = setTimeout(() => (clearTimeout(timer), source?.close(), (source = null)), HIDDEN_MS);
  }
});

/** Stops listening. */
export function hush() {
  clearTimeout(timer);
  clearTimeout(hidden);
  hidden = undefined;
  source?.close();
  source = null;
  live.set('off');
}

function opened() {
  downSince.set(null);
  live.set('live');
  if (missed) returned();
}

function broken() {
  missed = true;
  live.set('connecting');
  clearTimeout(timer);
  timer = setTimeout(probe, 100);
}

// An event source does not say what went wrong, so the session is asked for: nothing answers, or nobody is signed in.
async function probe() {
  const given = source;
  try {
    session.set(await get('/v1/session'));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return session.set(null);
    if (error instanceof Problem === false) lost();
  }
  if (given !== source || live.get() === 'live') return;
  clearTimeout(timer);
  if (downSince.get() !== null) timer = setTimeout(probe, AGAIN_MS);
  else timer = setTimeout(anew, source?.readyState === EventSource.CLOSED ? 0 : PATIENCE_MS);
}

/** Takes another connection where the browser has not got one by itself. */
function anew() {
  if (live.get() === 'live') return;
  source?.close();
  source = null;
  listen();
}

function returned() {
  missed = false;
  for (const tell of [...returning]) tell();
}
