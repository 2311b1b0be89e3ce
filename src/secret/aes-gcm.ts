import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Of AES-GCM as NIST SP 800-38D has it: 96 bits, at random, so that one key is good for 2^32 values. */
const nonceBytes = 12;
const tagBytes = 16;

/** What is shorter is hardly made smaller. What is encrypted, the database cannot compress. */
const worthDeflating = 1024;

const plainly = 0;
const deflated = 1;

/**
 * Base64 of nonce, ciphertext and tag: AES-256-GCM.
 *
 * @param context authenticated with it: the same has to be given to read it
 */
export function encryptBytes(key: KeyObject, content: Buffer, context: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context));
  const parts =
    content.length < worthDeflating
      ? [Buffer.of(plainly), content]
      : [Buffer.of(deflated), deflateRawSync(content, { level: 1 })];
  const ciphertext = parts.map((part) => cipher.update(part));
  return Buffer.concat([nonce, ...ciphertext, cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** What was encrypted. Throws where the key or the context is another one, or anything was altered. */
export function decryptBytes(key: KeyObject, text: string, context: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  // Whole before anything of it is unpacked: only then it is known to be ours.
  const content = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  const rest = content.subarray(1);
  return content[0] === deflated ? inflateRawSync(rest) : rest;
}
