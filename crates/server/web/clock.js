// The server's time. A browser whose clock is wrong still says rightly how long ago something was.

import { store } from './store.js';

/** A `Date` header has whole seconds, and an answer takes its time: less than this is no difference. */
const NOTHING_MS = 3_000;

/** How far the server's clock is ahead of the browser's; negative where it is behind. */
export const skewMs = store(0);

/** Returns the server's time, in milliseconds since 1970. */
export const now = () => Date.now() + skewMs.get();

/**
 * Learns the server's time from an answer that has just come.
 * @param {string | null} date the `Date` header
 */
export function learn(date) {
  const said = Date.parse(date ?? '');
  if (Number.isNaN(said)) return;
  const ahead = said + 500 - Date.now();
  const known = skewMs.get();
  // What was learned stays until it is clearly wrong, so that nothing on the page jumps.
  if (Math.abs(ahead - known) > NOTHING_MS) skewMs.set(Math.abs(ahead) > NOTHING_MS ? ahead : 0);
}

/** Ticks once a second while somebody may be looking. */
export const tick = store(0);
setInterval(() => document.visibilityState === 'visible' && tick.set(tick.get() + 1), 1_000);
