/**
 * Looking for a secret where it must not be. The forms are written down here, and not asked of Slipway's masker: a
 * witness does not share its mistakes.
 */

/** Whether a text has the secret in it: as it is, in hexadecimal, or in Base64 with whatever before and behind it. */
export function hasCopy(text: string, secret: string): boolean {
  return formsOf(secret).some((form) => text.includes(form));
}

/** For secrets of letters and digits alone, which URLs, JSON, HTML and Markdown write as they are. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  // What does not depend on what stands before and behind, at each of three offsets.
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [secret, hex, hex.toUpperCase(), ...base64];
}
