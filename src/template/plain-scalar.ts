const booleans = new Map<string, boolean>();
for (const [word, value] of [
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
] as const) {
  booleans.set(word, value);
  booleans.set(word.toUpperCase(), value);
  booleans.set(word[0]!.toUpperCase() + word.slice(1), value);
}

/**
 * What an unquoted YAML scalar means to CloudFormation: YAML 1.1, so `yes` and `on` are booleans and `1_000` and
 * `0x10` are integers; but no timestamps (`2010-09-09` is text), no base 60 (`22:22` is text).
 *
 * A number that would not print as it is written stays text: account ids with leading zeros (YAML 1.1 would read
 * an octal number), versions such as `8.0` and `1.10`, and integers past 2^53 would otherwise lose digits where
 * a property wants a string. Where a property wants a number, such text is accepted as one.
 */
export function plainScalar(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0);
  // Digits, + - . decide numbers; the letters are those that begin a word of YAML's own.
  if ((first >= 48 && first <= 57) || first === 45) {
    if (/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(text)) {
      const number = Number(text);
      return String(number) === text ? number : text;
    }
    if (/^-?[1-9][0-9]*(?:_[0-9]+)+$/.test(text)) return exactly(text.replaceAll('_', ''), text);
    if (/^0x[0-9a-fA-F]+$/.test(text)) return exactly(text, text);
    return text;
  }
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL') return null;
  return text.length > 5 ? text : (booleans.get(text) ?? text);
}

function exactly(digits: string, text: string): string | number {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : text;
}
