// A gate that a mark passes under.

import { html } from '../view.js';

/** @param {{ size?: number }} props */
export const Logo = ({ size = 22 }) => html`<svg class="logo" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true" focusable="false">
  <path d="M4 21V10a8 8 0 0 1 16 0v11" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
  <circle cx="12" cy="14.5" r="2.6" fill="currentColor" />
</svg>`;
