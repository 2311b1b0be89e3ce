import { isList, isObject, isSecret, isUnknown, type Value } from '../../base/value.ts';
import { hangsOnSecret, hangsOnUnknown } from '../undecided.ts';
import { isWideCidr } from './cidr.ts';
import { protocolNumber, rangeOfPorts } from './ports.ts';

/**
 * `opensPorts(rules, most)`: whether rules of a security group together open more than `most` ports of TCP, or of UDP,
 * to what `isWideCidr` calls wide. However the ports are split among the rules, and whatever is left out in between,
 * each counts once. Takes a rule, a list of them, or lists in a list; null is no rule.
 *
 * What is not known yet counts as open to see whether the answer hangs on it.
 */
export function opensPorts(rules: Value, most: number): boolean {
  const opened = flat(rules).map(openedBy);
  const exceeds = (ranges: readonly Opened[]) =>
    [tcp, udp].some((protocol) => countOf(ranges.filter((one) => one.protocols.includes(protocol))) > most);
  if (exceeds(opened.filter((one) => one.known))) return true;
  return exceeds(opened) ? hangsOnUnknown('a part of the rules') : false;
}

const tcp = 6;
const udp = 17;

/** From the first port to the last, of TCP, UDP, both or none. */
interface Opened {
  readonly protocols: readonly number[];
  readonly first: number;
  readonly last: number;
  readonly known: boolean;
}

const nothing: Opened = { protocols: [], first: 0, last: -1, known: true };

function flat(rules: Value): readonly Value[] {
  if (rules === null) return [];
  return isList(rules) ? rules.flatMap(flat) : [rules];
}

function openedBy(rule: Value): Opened {
  if (isUnknown(rule)) return { protocols: [tcp, udp], first: 0, last: 65_535, known: false };
  if (!isObject(rule) || isSecret(rule))
    throw new Error('a rule is a mapping with IpProtocol, FromPort and ToPort');
  const { CidrIp = null, CidrIpv6 = null, FromPort = null, ToPort = null, IpProtocol = -1 } = rule;
  const read = [CidrIp, CidrIpv6, FromPort, ToPort, IpProtocol];
  if (read.some(isSecret)) return hangsOnSecret('a part of the rule');
  const sources = [CidrIp, CidrIpv6].map((range) => (isUnknown(range) ? undefined : isWideCidr(text(range))));
  if (sources.every((wide) => wide === false)) return nothing;
  const number = isUnknown(IpProtocol) ? undefined : protocolNumber(IpProtocol);
  const all = number === -1;
  const portsKnown = all || !(isUnknown(FromPort) || isUnknown(ToPort));
  return {
    protocols: number === undefined || all ? [tcp, udp] : [number],
    ...(all || !portsKnown ? { first: 0, last: 65_535 } : rangeOfPorts(FromPort, ToPort)),
    known: sources.includes(true) && number !== undefined && portsKnown,
  };
}

function text(range: Value): string | null {
  if (range === null || typeof range === 'string') return range;
  throw new Error('a range of addresses is a text');
}

/** How many ports the ranges have, those in several of them once. */
function countOf(ranges: readonly Opened[]): number {
  let count = 0;
  let next = 0;
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    count += Math.max(0, last - Math.max(first, next) + 1);
    next = Math.max(next, last + 1);
  }
  return count;
}
