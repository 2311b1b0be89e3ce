/**
 * Makes text of others harmless in what GitHub renders: nothing from a template, a path or a message may become a
 * mention, a link, HTML, a fence, a table column, a formula or a terminal code. What GitHub turns into something
 * only after Markdown (mentions, issue numbers, bare links, emoji names) no backslash stops, but a code span does.
 */
import { clean, codeOf } from '../base/visible.ts';

/** One visible line of at most `max` characters. */
export function oneLine(text: string, max = 200): string {
  // A long text is not cleaned to its end for the little of it that is shown.
  const begin = text.length > max * 20 ? `${text.slice(0, max * 20)}…` : text;
  return shorten(clean(begin).replace(/\s+/g, ' ').trim(), max);
}

/** Cut at `max` characters, with `…` for what is gone; never through the middle of a character. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** A code span, also inside a table. */
export function codeSpan(text: string, max = 200): string {
  // A table splits at a pipe even in a code span, and escapes of it are read differently by different parsers.
  const line = oneLine(text, max).replaceAll('|', '¦');
  if (line === '') return '` `';
  const runs = [...line.matchAll(/`+/g)].map((m) => m[0].length);
  const ticks = '`'.repeat(Math.max(0, ...runs) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${line}${space}${ticks}`;
}

// Mentions, emails, references (#1, GH-1), links, formulas, emoji names, commit ids. Twelve digits are an account.
const active = /[@#$\\`]|:\/\/|www\.|mailto:|xmpp:|GH-\d|:[\w+-]+:|\b(?!\d+\b)[0-9a-f]{7,40}\b/i;

/**
 * A sentence as Markdown text on one line: what stands in backticks, and words that GitHub would make something of,
 * become code spans.
 */
export function prose(text: string, max = 600): string {
  const parts = oneLine(text, max).split(/`([^`]+)`/);
  const pieces = parts.map((part, i) => (i % 2 === 1 ? codeSpan(part) : part.split(' ').map(word).join(' ')));
  // Two code spans side by side would be read as one of other ticks.
  return pieces.reduce((all, piece) =>
    all.endsWith('`') && piece.startsWith('`') ? `${all} ${piece}` : all + piece,
  );
}

function word(text: string): string {
  if (!active.test(text)) return escapeMarkdown(text);
  const [, lead = '', core = '', tail = ''] = /^([("']*)(.*?)([)"',.;:!?]*)$/.exec(text) ?? [];
  return core === '' ? codeSpan(text) : `${escapeMarkdown(lead)}${codeSpan(core)}${escapeMarkdown(tail)}`;
}

function escapeMarkdown(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('|', '¦')
      .replace(/[\\`*_{}[\]~=]/g, '\\$&')
      // Where it is the first word of a line it would begin a list, or underline a heading.
      .replace(/^(\d{1,9})([.)])$/, '$1\\$2')
      .replace(/^[-+]+$/, '\\$&')
  );
}

/** Text inside an HTML element that Markdown does not look into. */
export function html(text: string, max = 200): string {
  return oneLine(text, max)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A fenced block whose fence no line of the text can end. */
export function fence(language: string, lines: readonly string[]): string {
  const text = lines.map(clean).join('\n');
  const runs = [...text.matchAll(/`{3,}/g)].map((m) => m[0].length);
  const ticks = '`'.repeat(Math.max(2, ...runs) + 1);
  return `${ticks}${language}\n${text}\n${ticks}`;
}

/** A label in a mermaid diagram: what its grammar could read as anything but a letter is left out. */
export function mermaidLabel(text: string, max = 40): string {
  return oneLine(text, max).replace(/[^\w .:/-]/g, '·');
}

/** A path as the end of a URL, also inside `[text](...)`. */
export function urlPath(path: string): string {
  return path
    .split('/')
    .map((part) =>
      encodeURIComponent(part.toWellFormed()).replace(/[!'()*~]/g, (c) => `%${codeOf(c).slice(-2)}`),
    )
    .join('/');
}
