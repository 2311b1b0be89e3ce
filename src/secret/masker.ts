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

/**
 * Longer texts are known by their lines alone. A stored secret is not as long; what is made of one and longer, such as
 * user data, holds the secret itself, which is known already.
 */
const longest = 4096;
const mostLines = 500;

/** How many forms are remembered, those of the latest secrets: each plan makes its own known again. */
const mostForms = 100_000;

/** Of so many lengths may secrets be that begin with the same letters: each is looked for where these stand. */
const mostLengths = 100;

export function createMasker(): Masker {
  // In the order in which they were last made known.
  const forms = new Set<string>();
  // The lengths of the forms that begin alike, and how many have each. Not one regular expression of all: whoever
  // writes a template decides how many there are, and past some megabytes there is no such expression, and then no
  // comment and no log.
  const lengths = new Map<string, Map<number, number>>();
  const learn = (form: string) => {
    if (!forms.delete(form)) {
      const start = form.slice(0, shortest);
      const same = lengths.get(start) ?? new Map<number, number>();
      if (!same.has(form.length) && same.size >= mostLengths) return;
      lengths.set(start, same.set(form.length, (same.get(form.length) ?? 0) + 1));
    }
    forms.add(form);
  };
  const forget = (form: string) => {
    forms.delete(form);
    const start = form.slice(0, shortest);
    const same = lengths.get(start)!;
    const left = same.get(form.length)! - 1;
    if (left > 0) same.set(form.length, left);
    else same.delete(form.length);
    if (same.size === 0) lengths.delete(start);
  };
  /** How long the longest secret is that begins here, so that one which contains another is replaced whole. */
  const lengthAt = (text: string, at: number): number => {
    let found = 0;
    for (const length of lengths.get(text.slice(at, at + shortest))?.keys() ?? []) {
      if (length > found && forms.has(text.slice(at, at + length))) found = length;
    }
    return found;
  };
  return {
    add(plaintext) {
      const lines = plaintext.split('\n', mostLines).map((line) => line.trim());
      for (const text of new Set([plaintext, ...lines])) {
        if (text.length < shortest || text.length > longest) continue;
        for (const form of encodings(text)) learn(form);
      }
      for (const form of forms) {
        if (forms.size <= mostForms) break;
        forget(form);
      }
    },
    mask(text) {
      if (forms.size === 0) return text;
      let result = '';
      let kept = 0;
      for (let at = 0; at + shortest <= text.length; ) {
        const length = lengthAt(text, at);
        if (length === 0) {
          at++;
          continue;
        }
        result += text.slice(kept, at) + masked;
        at += length;
        kept = at;
      }
      return result + text.slice(kept);
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
  const json = inJson(text);
  const quoted = html.replaceAll('"', '&quot;');
  return [
    text,
    json,
    // As it stands in JSON that is a text in JSON: what a server has answered, in a line of the log.
    inJson(json),
    // As encoders write it that fear for HTML.
    json.replace(/[<>&']/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
    encodeURIComponent(text),
    new URLSearchParams([['', text]]).toString().slice(1),
    html,
    quoted,
    ...['&#39;', '&#x27;', '&apos;'].map((apostrophe) => quoted.replaceAll("'", apostrophe)),
    quoted.replaceAll('&quot;', '&#34;').replaceAll("'", '&#39;'),
    // As a comment shows it: on one line, in a table, with a backslash before whatever Markdown would read.
    ...inMarkdown(text),
    ...inMarkdown(html),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...shifted.flatMap((s) => [s, s.replaceAll('+', '-').replaceAll('/', '_')]),
  ].filter((form) => form.length >= shortest);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function inMarkdown(text: string): string[] {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '¦');
  return [line, line.replace(/[\\`*_{}[\]~=]/g, '\\$&')];
}
