import { createHash } from 'node:crypto';

/** The client token of a create: the same intent is the same token, which AWS carries out once. 64 characters. */
export function clientToken(intent: string): string {
  return createHash('sha256').update(intent).digest('hex');
}
