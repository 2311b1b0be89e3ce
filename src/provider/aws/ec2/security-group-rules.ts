/**
 * Rules of a security group: the one form in which two rules that mean the same are the same, and the way to and
 * from EC2's `IpPermission`, which bundles several sources of one protocol and port range.
 */
import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { canonicalJson } from '../../../base/canonical-json.ts';
import { isList, isObject, type Properties, type Value } from '../../../base/value.ts';
import { integer, present, sortedSet, text } from '../../plain-value.ts';
import { canonicalCidr } from '../cidr.ts';

export type Direction = 'ingress' | 'egress';

/** The names of a rule's other side differ by direction. */
const peerNames = {
  ingress: {
    group: 'SourceSecurityGroupId',
    owner: 'SourceSecurityGroupOwnerId',
    list: 'SourcePrefixListId',
  },
  egress: { group: 'DestinationSecurityGroupId', owner: '', list: 'DestinationPrefixListId' },
} as const;

/** Numbers that EC2 answers by name. https://www.iana.org/assignments/protocol-numbers */
const protocolNames: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
  all: '-1',
};

/** What a group allows out when nobody says anything. */
export const allowAllOut: Properties = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };
const allowAllOutIpv6: Properties = { IpProtocol: '-1', CidrIpv6: '::/0' };

/** A set in one order, without duplicates. Rules that only the cloud can tell are left as they are. */
export function canonicalRules(rules: Value | undefined): Value {
  if (rules === undefined || rules === null) return [];
  if (!isList(rules)) return rules;
  return sortedSet(
    rules.map((rule) => (isObject(rule) && rule.$slipway === undefined ? canonicalRule(rule) : rule)),
  )!;
}

/** One rule, whatever else it says of itself. */
export function canonicalRule(rule: Properties): Properties {
  const { FromPort, ToPort, IpProtocol, ...rest } = rule;
  const protocol = typeof IpProtocol === 'string' ? IpProtocol.toLowerCase() : IpProtocol;
  const name = typeof protocol === 'string' ? (protocolNames[protocol] ?? protocol) : (protocol ?? '-1');
  return sortKeys({
    ...rest,
    IpProtocol: name,
    ...portsOf(name, FromPort, ToPort),
    ...(rest.CidrIp === undefined ? {} : { CidrIp: canonicalCidr(rest.CidrIp) }),
    ...(rest.CidrIpv6 === undefined ? {} : { CidrIpv6: canonicalCidr(rest.CidrIpv6) }),
  });
}

/** Only TCP, UDP and ICMP have ports (ICMP: type and code, -1 for all); AWS ignores them for anything else. */
function portsOf(protocol: Value, from: Value | undefined, to: Value | undefined): Properties {
  if (protocol === 'icmp' || protocol === 'icmpv6') return { FromPort: from ?? -1, ToPort: to ?? -1 };
  if (typeof protocol === 'string' && protocol !== 'tcp' && protocol !== 'udp') return {};
  return present({ FromPort: from, ToPort: to });
}

/** Stable text of a rule does not depend on the order in which a template says its keys. */
function sortKeys(rule: Properties): Properties {
  return Object.fromEntries(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export interface LiveRules {
  readonly direction: Direction;
  readonly permissions: readonly IpPermission[] | undefined;
  readonly account: string;
  /** The rules as recorded: they say which of the equal ways of writing a rule the template uses. */
  readonly recorded: Value | undefined;
  /** Rules of the group that are resources of their own, of this stack or another. */
  readonly standalone?: readonly SecurityGroupRule[];
}

/** One rule a source, canonical. */
export function liveRules(live: LiveRules): Value {
  const { direction, permissions = [], account, recorded, standalone = [] } = live;
  const names = peerNames[direction];
  const spoken = isList(recorded) ? recorded.filter(isObject) : [];
  const namesOwner = (group: string | undefined) =>
    spoken.some((rule) => rule[names.group] === group && rule[names.owner] !== undefined);
  const rules = permissions.flatMap(({ IpProtocol, FromPort, ToPort, ...sources }) => {
    const common = { IpProtocol, FromPort, ToPort };
    return [
      ...(sources.IpRanges ?? []).map(({ CidrIp, Description }) => ({ ...common, CidrIp, Description })),
      ...(sources.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => ({
        ...common,
        CidrIpv6,
        Description,
      })),
      ...(sources.PrefixListIds ?? []).map(({ PrefixListId, Description }) => ({
        ...common,
        [names.list]: PrefixListId,
        Description,
      })),
      ...(sources.UserIdGroupPairs ?? []).map(({ GroupId, UserId, Description }) => ({
        ...common,
        [names.group]: GroupId,
        // AWS always answers the owner; a template names it only for another account's group, as a rule.
        ...(names.owner !== '' && (UserId !== account || namesOwner(GroupId))
          ? { [names.owner]: UserId }
          : {}),
        Description,
      })),
    ];
  });
  const others = new Set(standalone.map((rule) => identityOf(ruleOf(rule))));
  const canonical = canonicalRules(
    rules
      .map((rule) => canonicalRule(present(withoutEmptyDescription(rule))))
      .filter((rule) => !others.has(identityOf(rule))),
  );
  return direction === 'egress' ? withoutImpliedIpv6(canonical, spoken) : canonical;
}

/** A rule as AWS answers it alone, in the form that a template says it in. The owner is there whether said or not. */
export function ruleOf(rule: SecurityGroupRule): Properties {
  const names = peerNames[rule.IsEgress ? 'egress' : 'ingress'];
  const { GroupId, UserId } = rule.ReferencedGroupInfo ?? {};
  return canonicalRule(
    present({
      IpProtocol: rule.IpProtocol,
      FromPort: rule.FromPort,
      ToPort: rule.ToPort,
      CidrIp: rule.CidrIpv4,
      CidrIpv6: rule.CidrIpv6,
      [names.list]: rule.PrefixListId,
      [names.group]: GroupId,
      ...(names.owner === '' ? {} : { [names.owner]: UserId }),
      Description: rule.Description === '' ? undefined : rule.Description,
    }),
  );
}

/** What tells two rules of one direction of one group apart. A group's id says whose it is. */
export function identityOf({ Description, SourceSecurityGroupOwnerId, ...rule }: Properties): string {
  return canonicalJson(rule);
}

function withoutEmptyDescription<T extends { Description?: string | undefined }>(rule: T) {
  return { ...rule, Description: rule.Description === '' ? undefined : rule.Description };
}

/** In a VPC with IPv6 the default lets IPv6 out too, without anybody having said so. */
function withoutImpliedIpv6(rules: Value, spoken: readonly Properties[]): Value {
  if (!isList(rules)) return rules;
  const isDefault =
    rules.length === 2 && [allowAllOut, allowAllOutIpv6].every((rule) => includesRule(rules, rule));
  return isDefault && !includesRule(spoken, allowAllOutIpv6) ? [allowAllOut] : rules;
}

export interface RuleChanges {
  readonly authorise: readonly Properties[];
  readonly revoke: readonly Properties[];
  /** The same rules with another description, or none. */
  readonly describe: readonly Properties[];
}

/** AWS tells rules apart by everything but their description. */
export function ruleChanges(before: Value | undefined, after: Value | undefined): RuleChanges {
  const [old, wanted] = [byIdentity(before), byIdentity(after)];
  return {
    authorise: [...wanted].filter(([key]) => !old.has(key)).map(([, rule]) => rule),
    revoke: [...old].filter(([key]) => !wanted.has(key)).map(([, rule]) => rule),
    describe: [...wanted]
      .filter(([key, rule]) => old.has(key) && old.get(key)!.Description !== rule.Description)
      .map(([, rule]) => rule),
  };
}

function byIdentity(rules: Value | undefined): ReadonlyMap<string, Properties> {
  const list = isList(rules) ? rules.filter(isObject) : [];
  return new Map(
    list.map(({ Description, ...rule }) => [canonicalJson(rule), { ...rule, ...present({ Description }) }]),
  );
}

export function permissionOf(direction: Direction, rule: Properties): IpPermission {
  const names = peerNames[direction];
  const Description = text(rule.Description);
  const group = text(rule[names.group]);
  const list = text(rule[names.list]);
  return {
    IpProtocol: text(rule.IpProtocol),
    FromPort: integer(rule.FromPort),
    ToPort: integer(rule.ToPort),
    ...(rule.CidrIp === undefined ? {} : { IpRanges: [{ CidrIp: text(rule.CidrIp), Description }] }),
    ...(rule.CidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6: text(rule.CidrIpv6), Description }] }),
    ...(list === undefined ? {} : { PrefixListIds: [{ PrefixListId: list, Description }] }),
    ...(group === undefined
      ? {}
      : { UserIdGroupPairs: [{ GroupId: group, UserId: text(rule[names.owner]), Description }] }),
  };
}

function includesRule(rules: readonly Value[], rule: Properties): boolean {
  return rules.some((one) => canonicalJson(one) === canonicalJson(rule));
}
