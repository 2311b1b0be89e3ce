import { html } from 'hono/html';
import type { World } from '../model/world.ts';
import type { Html } from './site.ts';

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** A time as people say it, with the exact one on hovering. */
export function when(world: World, at: string): Html {
  const date = new Date(at);
  const seconds = Math.round((date.getTime() - world.clock.now().getTime()) / 1000);
  return html`<time datetime="${at}" title="${at}">${inWords(seconds, date)}</time>`;
}

function inWords(seconds: number, date: Date): string {
  const past = Math.abs(seconds);
  if (past < 45) return 'now';
  if (past > 30 * 86_400) {
    return `on ${date.toLocaleDateString('en', { month: 'short', day: 'numeric', year: 'numeric', timeZone: 'UTC' })}`;
  }
  const [unit, size] = units.find(([, length]) => past >= length) ?? ['minute', 60];
  return words.format(Math.round(seconds / size), unit);
}

/** How long something took, from one time to another; nothing where that is less than a second. */
export function took(from: string | null, to: string | null): string {
  if (!from || !to) return '';
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (seconds === 0) return '';
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
