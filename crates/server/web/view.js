// The view library, bound once: html`<p>…</p>` makes elements. Text in it is always text, never markup.

import htm from './vendor/htm.js';
import { Fragment, h, render } from './vendor/preact.js';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from './vendor/preact-hooks.js';

/** @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = htm.bind(h);

export { Fragment, h, render, useEffect, useLayoutEffect, useMemo, useRef, useState };
