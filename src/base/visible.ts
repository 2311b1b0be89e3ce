// Control characters but tab and line feed, soft hyphen, zero-width and bidirectional marks, line separators,
// tags, unpaired surrogates: all of them can make a text look like another.
const invisible =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;

/** The text with every character that cannot be seen spelled out, `⟨U+202E⟩`. Keeps tabs and line feeds. */
export function clean(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(invisible, (c) => `⟨U+${codeOf(c)}⟩`);
}

// C1 controls, one of which is ESC [ by itself, and marks of direction. JSON leaves them as they are.
const commanding = /[\x80-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text with JSON in it, in which nothing commands the terminal that it is shown on: the same to who parses it. */
export function tame(text: string): string {
  return text.replace(commanding, (c) => `\\u${codeOf(c).toLowerCase()}`);
}

/** Of a character, in hexadecimal: `202E`. */
export function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
