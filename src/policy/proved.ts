/**
 * What the policies that ship say, as `npm run generate` has read and checked it: to read a hundred files of YAML and
 * to compile their expressions takes half a second in every process. It is held by the text of the file, so that a
 * file with so much as a comment changed is read and checked like any other. That these are what the files say, and
 * that every expression compiles, is what test/policy/shipped-policies.test.ts proves.
 */
import { createHash } from 'node:crypto';
import type { PolicyFile } from './policy-file.ts';
import proved from './proved.generated.json' with { type: 'json' };

/** By `proofKey` of a file's text. */
export type ProvedPolicies = Readonly<Record<string, PolicyFile>>;

export const provedPolicies = proved as unknown as ProvedPolicies;

export function proofKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
