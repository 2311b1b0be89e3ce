/**
 * secret/ keeps secrets from being seen: where they come from, and the masker that every sink (log, comment,
 * check, error) goes through as the last line of defence.
 */

export interface Masker {
  /** From now on, this text and its usual encodings are replaced wherever `mask` sees them. */
  add(plaintext: string): void;
  mask(text: string): string;
}

/** Shorter texts are not masked: a secret of `1` would black out every number and hide nothing. */
const shortest = 5;

export const masked = '(secret)';

export function createMasker(): Masker {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    add(plaintext) {
      const before = forms.size;
      for (const text of [plaintext, ...plaintext.split('\n').map((line) => line.trim())]) {
        if (text.length < shortest) continue;
        for (const form of encodings(text)) forms.add(form);
      }
      if (forms.size !== before) pattern = undefined;
    },
    mask(text) {
      if (forms.size === 0) return text;
      // Longest first, so that a secret which contains another is replaced whole.
      pattern ??= new RegExp(
        [...forms]
          .sort((a, b) => b.length - a.length)
          .map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
          .join('|'),
        'g',
      );
      return text.replace(pattern, masked);
    },
  };
}

/**
 * The text as it stands in JSON, URLs, HTML, hexadecimal and Base64. A text inside a longer Base64 string starts
 * at one of three offsets; the characters that depend on its neighbours are left out of the match.
 */
function encodings(text: string): string[] {
  const bytes = Buffer.from(text);
  const shifted = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const tail = (offset + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    return encoded.slice(Math.ceil((offset * 8) / 6), tail);
  });
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    html,
    html.replaceAll('"', '&quot;'),
    // As a comment shows it: on one line, in a table, with a backslash before whatever Markdown would read.
    ...inMarkdown(text),
    ...inMarkdown(html),
    bytes.toString('hex'),
    ...shifted.flatMap((s) => [s, s.replaceAll('+', '-').replaceAll('/', '_')]),
  ].filter((form) => form.length >= shortest);
}

function inMarkdown(text: string): string[] {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '¦');
  return [line, line.replace(/[\\`*_{}[\]~=]/g, '\\$&')];
}
