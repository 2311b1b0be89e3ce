import { raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

const shapes = {
  repository: '<path d="M3 2.5h9.5v11H4.2A1.2 1.2 0 0 1 3 12.3zM3 12a1.4 1.4 0 0 1 1.4-1.4h8.1"/>',
  code: '<path d="m5.5 4-4 4 4 4M10.5 4l4 4-4 4"/>',
  issue: '<circle cx="8" cy="8" r="6.2"/><circle cx="8" cy="8" r="1.2" fill="currentColor"/>',
  pull: '<circle cx="4" cy="3.5" r="1.7"/><circle cx="4" cy="12.5" r="1.7"/><circle cx="12" cy="12.5" r="1.7"/><path d="M4 5.2v5.6M12 10.8V6a2 2 0 0 0-2-2H7.5m1.8-2L7.2 4l2.1 2"/>',
  merged:
    '<circle cx="4" cy="3.5" r="1.7"/><circle cx="4" cy="12.5" r="1.7"/><circle cx="12" cy="8.5" r="1.7"/><path d="M4 5.2v5.6M4.2 5.2c.6 2 2.8 3.3 6 3.3"/>',
  branch:
    '<circle cx="4" cy="3.5" r="1.7"/><circle cx="4" cy="12.5" r="1.7"/><circle cx="12" cy="4.5" r="1.7"/><path d="M4 5.2v5.6M12 6.2C12 9 5 7.5 4.2 10.6"/>',
  commit: '<circle cx="8" cy="8" r="2.8"/><path d="M0.8 8h4.4M10.8 8h4.4"/>',
  push: '<path d="M8 13.5V6M4.8 9 8 5.8 11.2 9M2.5 2.5h11"/>',
  rocket:
    '<path d="M6 10.5c0-4 2.5-7.5 7.5-8-.2 5-3.8 7.7-7.5 8zM6 10.5l-.3 3 2.8-2.4M5.5 10 2.5 10.3 5 7.4M3.8 12.2l-1.6 1.6"/>',
  comment: '<path d="M2 3h12v8H7.5L4.5 13.6V11H2z"/>',
  check: '<path d="m3 8.5 3.2 3.2L13 4.8"/>',
  cross: '<path d="m4 4 8 8M12 4l-8 8"/>',
  stop: '<path d="M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2z"/><path d="M8 4.8v3.8M8 10.6v.6"/>',
  dot: '<circle cx="8" cy="8" r="4" fill="currentColor" stroke="none"/>',
  ring: '<circle cx="8" cy="8" r="5.5" stroke-dasharray="22 12"/>',
  skip: '<circle cx="8" cy="8" r="6.2"/><path d="m5 11 6-6"/>',
  neutral: '<rect x="2.5" y="2.5" width="11" height="11" rx="1.5"/><path d="M5.5 8h5"/>',
  clock: '<circle cx="8" cy="8" r="6.2"/><path d="M8 4.5V8l2.4 1.6"/>',
  warning: '<path d="M8 2 1.5 13.5h13zM8 6.2v3.4M8 11.4v.5"/>',
  file: '<path d="M3.5 1.8h6l3 3v9.4h-9zM9.3 2v3h3"/>',
  folder: '<path d="M1.8 3.2h4.4l1.4 1.6h6.6v8.2H1.8z" fill="currentColor"/>',
  eye: '<path d="M1 8s2.5-4.6 7-4.6S15 8 15 8s-2.5 4.6-7 4.6S1 8 1 8z"/><circle cx="8" cy="8" r="2"/>',
  pencil: '<path d="m2.5 13.5.7-3L11 2.7l2.3 2.3-7.8 7.8zM9.5 4.2l2.3 2.3"/>',
  tag: '<path d="M2 2.5h5.5l6 6-5 5-6.5-6z"/><circle cx="5" cy="5.3" r=".8"/>',
  again: '<path d="M13.2 6.2A5.6 5.6 0 1 0 13.6 9M13.6 2.4v3.9H9.8"/>',
  shield: '<path d="M8 1.6 13.4 4v4c0 3.2-2.4 5.4-5.4 6.4C5 13.4 2.6 11.2 2.6 8V4zM5.4 8l1.9 1.9L10.8 6"/>',
  menu: '<path d="M3.2 8h.01M8 8h.01M12.8 8h.01" stroke-width="2.4"/>',
} as const;

export type IconName = keyof typeof shapes;

/** A small drawing that takes the colour of the text around it. It adds nothing for those who do not see it. */
export function icon(name: IconName): HtmlEscapedString {
  return raw(
    `<svg class="icon icon-${name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${shapes[name]}</svg>`,
  );
}
