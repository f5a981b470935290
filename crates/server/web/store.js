// A value that tells when it changes.

import { useLayoutEffect, useState } from './view.js';

/**
 * @template T
 * @typedef {{ get: () => T, set: (value: T) => void, subscribe: (told: (value: T) => void) => () => void }} Store
 */

/**
 * @template T
 * @param {T} value
 * @returns {Store<T>}
 */
export function store(value) {
  /** @type {Set<(value: T) => void>} */
  const told = new Set();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const tell of [...told]) tell(value);
    },
    subscribe(tell) {
      told.add(tell);
      return () => told.delete(tell);
    },
  };
}

/**
 * Renders again whenever the value changes.
 * @template T
 * @param {Store<T>} of
 * @returns {T}
 */
export function useStore(of) {
  const [, again] = useState(0);
  const shown = of.get();
  // Before anything else can happen: an answer may come sooner than the page is painted.
  useLayoutEffect(() => {
    const tell = () => again((count) => count + 1);
    if (!Object.is(of.get(), shown)) tell();
    return of.subscribe(tell);
  }, [of]);
  return shown;
}
