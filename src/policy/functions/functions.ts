/**
 * functions/ is what policies may call besides CEL itself. Each works on plain values and is here under the name
 * that expressions use. Arguments that are single values are always known: reading an unknown leaves the expression
 * before the call. Lists and maps can hold markers, and a function that looks inside minds them.
 *
 * What a call costs: steps for every value and every 16 characters of the arguments, taken before it is called; each
 * function's time is linear in them (`iam.covers` also in the length of a name, which is limited).
 */
import type { Value } from '../../base/value.ts';
import { parseArn } from './arn.ts';
import { cidrContains, cidrOverlaps, cidrPrefixLength, cidrSize, isPublicCidr, isWideCidr } from './cidr.ts';
import { daysBetween, hour, inZone, isBefore, weekday } from './dates.ts';
import { iamCovers, iamStatements } from './iam.ts';
import { opensPorts } from './open-ports.ts';
import { allowsPort, portInRange } from './ports.ts';
import { hasTag, tagValue } from './tags.ts';
import { compareVersions } from './versions.ts';

export interface PolicyFunction {
  /** As in `cidr.contains(outer, inner)`: for messages and the reference. */
  readonly signature: string;
  /** What it gives, for the reference. */
  readonly summary: string;
  readonly arity: number;
  call(...args: Value[]): Value;
}

export const policyFunctions: Readonly<Record<string, PolicyFunction>> = {
  'cidr.contains': {
    signature: 'cidr.contains(outer, inner)',
    summary: 'Every address of `inner` is in `outer`.',
    arity: 2,
    call: (outer, inner) => cidrContains(text(outer), text(inner)),
  },
  'cidr.overlaps': {
    signature: 'cidr.overlaps(a, b)',
    summary: 'An address is in both.',
    arity: 2,
    call: (a, b) => cidrOverlaps(text(a), text(b)),
  },
  'cidr.size': {
    signature: 'cidr.size(range)',
    summary: 'How many addresses: 256 for `10.0.1.0/24`.',
    arity: 1,
    call: (range) => cidrSize(text(range)),
  },
  'cidr.prefixLength': {
    signature: 'cidr.prefixLength(range)',
    summary: '24 for `10.0.1.0/24`.',
    arity: 1,
    call: (range) => cidrPrefixLength(text(range)),
  },
  isPublicCidr: {
    signature: 'isPublicCidr(range)',
    summary: 'Any of it, IPv4 or IPv6, can come from the internet. False for null.',
    arity: 1,
    call: (range) => isPublicCidr(range === null ? null : text(range)),
  },
  isWideCidr: {
    signature: 'isWideCidr(range)',
    summary:
      'It is public, and more of the internet than one network has: a /13 or shorter of IPv4, a /16 or shorter of IPv6. False for null.',
    arity: 1,
    call: (range) => isWideCidr(range === null ? null : text(range)),
  },
  opensPorts: {
    signature: 'opensPorts(rules, most)',
    summary:
      'Rules of a security group, one or a list of them, together open more than so many ports of TCP, or of UDP, to what `isWideCidr` calls wide.',
    arity: 2,
    call: (rules, most) => opensPorts(rules ?? null, number(most)),
  },
  allowsPort: {
    signature: 'allowsPort(rule, protocol, port)',
    summary:
      "A security group's or network ACL's rule covers the port in the protocol: `allowsPort(each, 'tcp', 22)`. Knows `-1`, numbers of protocols, capitals, ports as texts and left out.",
    arity: 3,
    call: (rule, protocol, port) => allowsPort(rule ?? null, scalar(protocol) ?? -1, number(port)),
  },
  portInRange: {
    signature: 'portInRange(from, to, port)',
    summary: 'The port is in the range; both left out, or -1, are every port.',
    arity: 3,
    call: (from, to, port) => portInRange(scalar(from), scalar(to), number(port)),
  },
  'iam.statements': {
    signature: 'iam.statements(document)',
    summary:
      'The statements of an IAM policy, also from JSON text or from one statement, each with `sid`, `effect`, `actions`, `notActions`, `resources`, `notResources` (lists), `principals`, `notPrincipals` (lists of `type`, `id`, `account`; `*` is `AWS` `*`) and `conditions` (a list of `operator`, `key` in lower case, `values`).',
    arity: 1,
    call: (document) => iamStatements(document ?? null),
  },
  'iam.covers': {
    signature: 'iam.covers(statement, action)',
    summary:
      "The statement, as written or from `iam.statements`, speaks of the action by `Action` or `NotAction`: `iam.covers(each, 'iam:PassRole')`; `'s3:*'` is every action of S3, `'*'` every action. The effect is not looked at.",
    arity: 2,
    call: (statement, action) => iamCovers(statement ?? null, text(action)),
  },
  'arn.parse': {
    signature: 'arn.parse(text)',
    summary:
      '`partition`, `service`, `region`, `account`, `resource`, `resourceType`, `resourceId`; what is empty is null. Null for what does not begin with `arn:`.',
    arity: 1,
    call: (arn) => parseArn(arn === null ? null : text(arn)),
  },
  'version.compare': {
    signature: 'version.compare(a, b)',
    summary: "-1, 0 or 1 by semantic versioning: `version.compare(after.Version, '1.31') < 0`.",
    arity: 2,
    call: (a, b) => compareVersions(scalar(a), scalar(b)),
  },
  'date.isBefore': {
    signature: 'date.isBefore(a, b)',
    summary: '`a` is earlier. Dates are `2026-03-01` (its first moment, UTC) or `2026-03-01T14:00:00+01:00`.',
    arity: 2,
    call: (a, b) => isBefore(text(a), text(b)),
  },
  'date.days': {
    signature: 'date.days(from, to)',
    summary: 'Whole days from one to the other; negative where `to` is earlier.',
    arity: 2,
    call: (from, to) => daysBetween(text(from), text(to)),
  },
  'date.weekday': {
    signature: 'date.weekday(date)',
    summary: '1 for Monday to 7 for Sunday, by the clock that the date was written with.',
    arity: 1,
    call: (date) => weekday(text(date)),
  },
  'date.hour': {
    signature: 'date.hour(date)',
    summary: '0 to 23, by the clock that the date was written with.',
    arity: 1,
    call: (date) => hour(text(date)),
  },
  'date.inZone': {
    signature: 'date.inZone(date, zone)',
    summary: "The same moment by the clocks of a zone: `date.hour(date.inZone(now, 'Europe/Paris'))`.",
    arity: 2,
    call: (date, zone) => inZone(text(date), text(zone)),
  },
  tag: {
    signature: 'tag(tags, key)',
    summary: "The tag's value, null where there is none. Lists of `Key` and `Value`, and maps.",
    arity: 2,
    call: (tags, key) => tagValue(tags ?? null, text(key)),
  },
  hasTag: {
    signature: 'hasTag(tags, key)',
    summary: 'The tag is there and not empty.',
    arity: 2,
    call: (tags, key) => hasTag(tags ?? null, text(key)),
  },
};

function text(value: Value | undefined): string {
  if (typeof value !== 'string') throw new Error(`a text was expected, not ${kind(value)}`);
  return value;
}

function number(value: Value | undefined): number {
  if (typeof value !== 'number') throw new Error(`a number was expected, not ${kind(value)}`);
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
