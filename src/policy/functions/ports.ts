import { isObject, isSecret, isUnknown, type Value } from '../../base/value.ts';
import { hangsOnSecret, hangsOnUnknown } from '../undecided.ts';

/**
 * `portInRange(from, to, port)`: whether a rule from port `from` to port `to` lets `port` through. Where both are
 * left out, or -1, EC2 means every port. Numbers may be texts, as parameters make them.
 */
export function portInRange(from: string | number | null, to: string | number | null, port: number): boolean {
  const { first, last } = rangeOfPorts(from, to);
  return first <= port && port <= last;
}

/** Of a rule whose ports are known, the first and the last that it lets through. */
export function rangeOfPorts(from: Value, to: Value): { readonly first: number; readonly last: number } {
  const first = portNumber(scalar(from));
  const last = portNumber(scalar(to));
  if (first === undefined && last === undefined) return { first: 0, last: 65_535 };
  return { first: first ?? last!, last: last ?? first! };
}

/**
 * `allowsPort(rule, protocol, port)`: whether a rule of a security group (`IpProtocol`, `FromPort`, `ToPort`) or of a
 * network ACL (`Protocol`, `PortRange`) covers the port in the protocol (`tcp`, `udp`, or its number). The protocol
 * -1 is every protocol on every port, whatever ports are written; a rule without one is taken for that.
 */
export function allowsPort(rule: Value, protocol: string | number, port: number): boolean {
  if (rule === null) return false;
  if (!isObject(rule)) throw new Error('a rule is a mapping with IpProtocol, FromPort and ToPort');
  const { PortRange } = rule;
  const read = [rule.IpProtocol, rule.Protocol, rule.FromPort, rule.ToPort, PortRange];
  if ([...read, ...(isObject(PortRange) ? Object.values(PortRange) : [])].some(isSecret)) {
    return hangsOnSecret('a part of the rule');
  }
  const own = rule.IpProtocol ?? rule.Protocol ?? -1;
  const range = PortRange ?? null;
  if (isUnknown(range)) return covers(own, protocol, () => 'unknown');
  const ports = isObject(range) ? range : { From: rule.FromPort ?? null, To: rule.ToPort ?? null };
  return covers(own, protocol, () => holdsPort(ports.From ?? null, ports.To ?? null, port));
}

type Answer = boolean | 'unknown';

/** What is known to exclude the port decides, whatever the rest turns out to be. */
function covers(own: Value, protocol: string | number, holds: () => Answer): boolean {
  const wanted = protocolNumber(protocol);
  const number = isUnknown(own) ? undefined : protocolNumber(own);
  if (number === -1) return true;
  if (number !== undefined && number !== wanted) return false;
  const held = holds();
  if (held === false && number !== undefined) return false;
  if (held === 'unknown') return hangsOnUnknown('a port');
  return number === undefined ? hangsOnUnknown('IpProtocol') : held;
}

function holdsPort(from: Value, to: Value, port: number): Answer {
  if (!isUnknown(from) && !isUnknown(to)) return portInRange(scalar(from), scalar(to), port);
  if (!isUnknown(from) && from !== null && portInRange(scalar(from), 65_535, port) === false) return false;
  if (!isUnknown(to) && to !== null && portInRange(0, scalar(to), port) === false) return false;
  return 'unknown';
}

const protocols: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58, all: -1 };

/** Of IANA's registry; EC2 takes the names of four, and -1 for all. */
export function protocolNumber(protocol: Value): number {
  const text = String(protocol).trim().toLowerCase();
  const named = Object.hasOwn(protocols, text) ? protocols[text] : undefined;
  if (named !== undefined) return named;
  if (/^(-1|\d{1,3})$/.test(text)) return Number(text);
  throw new Error(`'${text.slice(0, 20)}' is not a protocol`);
}

function scalar(value: Value): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new Error('a port is a number');
}

function portNumber(port: string | number | null): number | undefined {
  if (port === null) return undefined;
  const number = typeof port === 'string' && /^-?\d{1,5}$/.test(port.trim()) ? Number(port) : port;
  if (typeof number !== 'number') throw new Error(`'${String(port).slice(0, 20)}' is not a port`);
  return number === -1 ? undefined : number;
}
