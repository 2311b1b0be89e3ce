/**
 * The archive that `opa build` makes: tar, compressed. In: its bytes. Out: the files that are asked for. Only what
 * OPA writes is read (POSIX ustar, regular files with short names); sources: 'pax' of POSIX.1-2017, 'ustar Interchange
 * Format'.
 */
import { gunzipSync } from 'node:zlib';

const block = 512;
const most = 64 * 1024 * 1024;

/** By name without a leading `/`. Throws where it is no such archive. */
export function readArchive(bytes: Uint8Array, names: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const tar = gunzipSync(bytes, { maxOutputLength: most });
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const name = fieldAt(tar, at, 100).replace(/^\.?\/+/, '');
    const size = Number.parseInt(fieldAt(tar, at + 124, 12), 8);
    if (!(size >= 0) || fieldAt(tar, at + 257, 5) !== 'ustar') throw new Error('it is no tar archive');
    if (names.includes(name)) found.set(name, tar.subarray(at + block, at + block + size));
    at += block + Math.ceil(size / block) * block;
  }
  return found;
}

function fieldAt(tar: Uint8Array, at: number, length: number): string {
  const [text = ''] = Buffer.from(tar.subarray(at, at + length))
    .toString('utf8')
    .split('\0', 1);
  return text.trim();
}
