/**
 * `version.compare(a, b)`: -1, 0 or 1, by the precedence of Semantic Versioning 2.0.0, section 11. Takes what services
 * call versions as well: `1.31`, `v2`, `8.0.35`; what is left out is 0, and more than three numbers are compared.
 */
export function compareVersions(a: string | number | null, b: string | number | null): number {
  const [one, other] = [parseVersion(a), parseVersion(b)];
  const length = Math.max(one.numbers.length, other.numbers.length);
  for (let i = 0; i < length; i++) {
    const difference = Math.sign((one.numbers[i] ?? 0) - (other.numbers[i] ?? 0));
    if (difference !== 0) return difference;
  }
  return comparePrereleases(one.prerelease, other.prerelease);
}

interface Version {
  readonly numbers: readonly number[];
  readonly prerelease: readonly string[];
}

function parseVersion(version: string | number | null): Version {
  // 1.30 without quotes is the number 1.3, and nobody can tell any more which was written.
  if (typeof version === 'number' && !Number.isInteger(version)) {
    throw new Error(`the version ${version} is a number: write it in quotes`);
  }
  const text = String(version);
  const match =
    text.length > 100 ? null : /^v?(\d{1,9}(?:\.\d{1,9}){0,5})(?:-([\w.-]+))?(?:\+[\w.-]+)?$/i.exec(text);
  if (!match) throw new Error(`'${text.slice(0, 60)}' is not a version`);
  return { numbers: match[1]!.split('.').map(Number), prerelease: match[2]?.split('.') ?? [] };
}

// One that is before a release is less than it; words are more than numbers; more of the same is more.
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = compareIdentifiers(a[i]!, b[i]!);
    if (difference !== 0) return difference;
  }
  return Math.sign(a.length - b.length);
}

function compareIdentifiers(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Math.sign(Number(a) - Number(b));
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
