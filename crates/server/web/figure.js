// Numbers and lengths of time, as people read them.

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

/** @param {number} number */
export const count = (number) => (Math.abs(number) < 100_000 ? whole.format(number) : short.format(number));

/**
 * @param {number} number
 * @param {string} one
 * @param {string} [many]
 */
export const counted = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** How long something took. @param {number} ms */
export function length(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : span(ms);
}

/** How long ago, or until: nobody counts tenths of a second that go by. @param {number} ms */
export function span(ms) {
  const seconds = ms / 1_000;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400 * 2) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

const local = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const hour = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** @param {string | number} at */
export const localTime = (at) => local.format(new Date(at));

/** @param {string | number} at */
export const localHour = (at) => hour.format(new Date(at));

/** @param {string | number} at */
export const utc = (at) => `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
