import { createHash } from 'node:crypto';

/** A public key as it may stand in `authorized_keys`: made of its parts anew, so that nothing else can be in it. */
export interface SshPublicKey {
  /** `ssh-ed25519` */
  readonly kind: string;
  /** `ssh-ed25519 AAAA...`, without a comment. */
  readonly text: string;
  /** As `ssh-keygen -l` shows it: `SHA256:...`. */
  readonly fingerprint: string;
  /** Of an RSA key. */
  readonly bits?: number;
}

/** What stands between the kind and the end: https://www.rfc-editor.org/rfc/rfc4253#section-6.6 and those that extend it. */
const layouts: Readonly<Record<string, readonly Part[]>> = {
  'ssh-ed25519': [exactly(32)],
  'sk-ssh-ed25519@openssh.com': [exactly(32), anything],
  'ecdsa-sha2-nistp256': [named('nistp256'), exactly(65)],
  'ecdsa-sha2-nistp384': [named('nistp384'), exactly(97)],
  'ecdsa-sha2-nistp521': [named('nistp521'), exactly(133)],
  'sk-ecdsa-sha2-nistp256@openssh.com': [named('nistp256'), exactly(65), anything],
  'ssh-rsa': [exponent, positive],
};

type Part = (bytes: Buffer) => boolean;

function exactly(length: number): Part {
  return (bytes) => bytes.length === length;
}

function named(name: string): Part {
  return (bytes) => bytes.toString('latin1') === name;
}

function anything(): boolean {
  return true;
}

/** An `mpint` above zero: its highest bit would say that it is below. */
function positive(bytes: Buffer): boolean {
  return bytes.length > 0 && bytes[0]! < 0x80;
}

/** With 1 everybody could sign, and an even one is none. */
function exponent(bytes: Buffer): boolean {
  return positive(bytes) && bytes.at(-1)! % 2 === 1 && (bytes.length > 1 || bytes[0]! > 1);
}

/** Reads `ssh-ed25519 AAAA... whatever`. Undefined for what is no key of a kind that is still trusted: not DSA. */
export function readSshPublicKey(line: string): SshPublicKey | undefined {
  const [kind = '', encoded = ''] = line.trim().split(/\s+/);
  const layout = Object.hasOwn(layouts, kind) ? layouts[kind]! : undefined;
  if (!layout || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const blob = Buffer.from(encoded, 'base64');
  const [name, ...parts] = stringsIn(blob) ?? [];
  if (name?.toString('latin1') !== kind || parts.length !== layout.length) return undefined;
  if (!layout.every((fits, index) => fits(parts[index]!))) return undefined;
  const fingerprint = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return {
    kind,
    text: `${kind} ${blob.toString('base64')}`,
    fingerprint: `SHA256:${fingerprint}`,
    ...(kind === 'ssh-rsa' ? { bits: bitsOf(parts[1]!) } : {}),
  };
}

/** The strings that the bytes are made of, each behind its length; undefined where they do not come out even. */
function stringsIn(blob: Buffer): Buffer[] | undefined {
  const found: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    found.push(blob.subarray(at + 4, end));
    at = end;
  }
  return found;
}

function bitsOf(number: Buffer): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first) * 8 - Math.clz32(number[first]!) + 24;
}
