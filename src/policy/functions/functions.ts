/**
 * functions/ is what policies may call besides CEL itself. Each works on plain values and is here under the name
 * that expressions use. Arguments that are single values are always known: reading an unknown leaves the expression
 * before the call. Lists and maps can hold markers, and a function that looks inside minds them.
 */
import type { Value } from '../../base/value.ts';
import { cidrContains, cidrPrefixLength, isPublicCidr } from './cidr.ts';
import { iamStatements } from './iam.ts';
import { portInRange } from './ports.ts';
import { hasTag } from './tags.ts';

export interface PolicyFunction {
  /** As in `cidr.contains(outer, inner)`: for messages and the reference. */
  readonly signature: string;
  readonly arity: number;
  call(...args: Value[]): Value;
}

export const policyFunctions: Readonly<Record<string, PolicyFunction>> = {
  'cidr.contains': {
    signature: 'cidr.contains(outer, inner)',
    arity: 2,
    call: (outer, inner) => cidrContains(text(outer), text(inner)),
  },
  'cidr.prefixLength': {
    signature: 'cidr.prefixLength(range)',
    arity: 1,
    call: (range) => cidrPrefixLength(text(range)),
  },
  isPublicCidr: {
    signature: 'isPublicCidr(range)',
    arity: 1,
    call: (range) => isPublicCidr(range === null ? null : text(range)),
  },
  portInRange: {
    signature: 'portInRange(from, to, port)',
    arity: 3,
    call: (from, to, port) => {
      if (typeof port !== 'number') throw new Error('the third argument of portInRange is a number');
      return portInRange(scalar(from), scalar(to), port);
    },
  },
  iamStatements: {
    signature: 'iamStatements(document)',
    arity: 1,
    call: (document) => iamStatements(document ?? null),
  },
  hasTag: { signature: 'hasTag(tags, key)', arity: 2, call: (tags, key) => hasTag(tags ?? null, text(key)) },
};

function text(value: Value | undefined): string {
  if (typeof value !== 'string') throw new Error(`a text was expected, not ${kind(value)}`);
  return value;
}

function scalar(value: Value | undefined): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new Error(`a number was expected, not ${kind(value)}`);
  }
  return value;
}

function kind(value: Value | undefined): string {
  return value === null || value === undefined
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : `a ${typeof value}`;
}
