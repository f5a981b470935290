// What a page shows, kept true: asked again when a record says that it changed, when the connection is back, and now
// and then. While nothing answers, the last answer stays.

import { get, Problem, session } from './api.js';
import { onRecord, onReturn } from './live.js';
import { useLayoutEffect, useState } from './view.js';

/** The shortest time between two questions: records may come by the thousand. */
const LEAST_MS = 400;
/** An answer that took long is asked for as much less often. */
const SPARING = 10;

/**
 * @template T
 * @typedef {{ data: T | null, problem: Problem | Error | null, again: () => void }} Data
 */

/**
 * @param {string | null} path what to ask for; nothing where null
 * @param {{ wakes?: (record: Api.StreamRecord) => boolean, everyMs?: number, paused?: boolean }} [how]
 * @returns {Data<any>}
 */
export function useData(path, { wakes, everyMs = 60_000, paused = false } = {}) {
  const [state, setState] = useState(
    /** @type {{ path: string | null, data: any, problem: any, again: () => void }} */ ({ path, data: null, problem: null, again: () => {} }),
  );
  // Asked before the page is painted, not after.
  useLayoutEffect(() => {
    if (path === null) return undefined;
    const asking = keepAsking(path, everyMs, (part) => setState((former) => ({ ...(former.path === path ? former : empty(path)), ...part, again: asking.now })));
    const ends = paused ? [] : [onReturn(asking.now), wakes ? onRecord((record) => wakes(record) && asking.soon()) : () => {}];
    asking.now();
    return () => {
      for (const end of ends) end();
      asking.end();
    };
  }, [path, paused]);
  return state.path === path ? state : empty(path);
}

/** @param {string | null} path */
const empty = (path) => ({ path, data: null, problem: null, again: () => {} });

/**
 * @param {string} path
 * @param {number} everyMs
 * @param {(part: { data?: any, problem: Error | null }) => void} told
 */
function keepAsking(path, everyMs, told) {
  const abort = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let [asking, dirty, began, tookMs] = [false, false, 0, 0];

  async function now() {
    if (asking) {
      dirty = true;
      return;
    }
    clearTimeout(timer);
    [asking, dirty, began] = [true, false, performance.now()];
    try {
      told({ data: await get(path, abort.signal), problem: null });
    } catch (error) {
      if (!abort.signal.aborted) told({ problem: /** @type {Error} */ (error) });
    }
    [asking, tookMs] = [false, performance.now() - began];
    if (abort.signal.aborted) return;
    if (dirty) soon();
    else timer = setTimeout(seen, everyMs);
  }

  function soon() {
    if (asking) {
      dirty = true;
      return;
    }
    clearTimeout(timer);
    const gap = Math.max(LEAST_MS, tookMs * SPARING);
    timer = setTimeout(seen, Math.max(0, began + gap - performance.now()));
  }

  // A page that nobody sees asks when it is seen again.
  function seen() {
    if (document.visibilityState === 'visible') void now();
    else document.addEventListener('visibilitychange', seen, { once: true, signal: abort.signal });
  }

  return { now: () => void now(), soon, end: () => (clearTimeout(timer), abort.abort()) };
}

/** Asks who is signed in. */
export async function recall() {
  try {
    session.set(await get('/v1/session'));
  } catch (error) {
    if (error instanceof Problem) session.set(null);
    else setTimeout(recall, 2_000);
  }
}
