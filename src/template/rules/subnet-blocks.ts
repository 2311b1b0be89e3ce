/**
 * Whether the blocks of a network fit together: each subnet's within one of its VPC's, and no two subnets' over one
 * another. Only blocks that the template alone tells, and only resources that can be there at the same time.
 */
import { type AddressBlock, holdsBlock, parseBlock } from '../../base/cidr.ts';
import type { SourceRange } from '../../base/source.ts';
import { type Checking, fail, warn } from '../checking.ts';
import type { ResourceDeclaration } from '../template.ts';
import { knownText, type Possible, possibleValues } from './known-values.ts';
import { type Assumption, areTogether } from './worlds.ts';

interface Placed {
  readonly logicalId: string;
  readonly text: string;
  readonly block: AddressBlock;
  readonly where: SourceRange;
  readonly assuming: readonly Assumption[];
  readonly isDefault: boolean;
}

/** What is known of the blocks of one VPC. */
interface Network {
  readonly blocks: Placed[];
  /** Whether it has blocks besides, which are not known. */
  readonly open: { ipv4: boolean; ipv6: boolean };
}

/** So many blocks around one are looked at, which bounds the work on templates that were made to cost a lot. */
const mostAround = 20;

const smallest = 28;
const largest = 16;

/** Reports blocks of VPCs and subnets that EC2 would refuse. */
export function checkSubnetBlocks(checking: Checking): void {
  const networks = networksOf(checking);
  const subnets = new Map<string, Placed[]>();
  for (const subnet of ofType('AWS::EC2::Subnet', checking)) {
    const vpcs = possibleValues(subnet.properties?.entries.get('VpcId')?.value);
    const blocks = ['CidrBlock', 'Ipv6CidrBlock'].flatMap((name) => placed(subnet, name, checking).known);
    for (const block of blocks) checkSize(block, checking);
    for (const vpc of vpcs) {
      const target = targetOf(vpc);
      if (target === undefined) continue;
      const inIt = blocks.map((block) => ({ ...block, assuming: [...block.assuming, ...vpc.assuming] }));
      const network = networks.get(target);
      if (network) for (const block of inIt) checkWithin(block, target, network, checking);
      subnets.set(target, [...(subnets.get(target) ?? []), ...inIt]);
    }
  }
  for (const all of subnets.values()) checkOverlaps(all, checking);
}

function networksOf(checking: Checking): ReadonlyMap<string, Network> {
  const networks = new Map<string, Network>();
  const add = (network: Network, resource: ResourceDeclaration) => {
    const { known, isOpen } = placed(resource, 'CidrBlock', checking);
    const ipv6 = placed(resource, 'Ipv6CidrBlock', checking);
    const has = (...names: readonly string[]) =>
      names.some((name) => resource.properties?.entries.has(name) === true);
    network.blocks.push(...known, ...ipv6.known);
    network.open.ipv4 ||= isOpen || has('Ipv4IpamPoolId');
    network.open.ipv6 ||= ipv6.isOpen || has('AmazonProvidedIpv6CidrBlock', 'Ipv6IpamPoolId', 'Ipv6Pool');
  };
  for (const vpc of ofType('AWS::EC2::VPC', checking)) {
    const network = { blocks: [], open: { ipv4: false, ipv6: false } };
    networks.set(vpc.logicalId, network);
    add(network, vpc);
    for (const block of network.blocks) checkSize(block, checking);
  }
  for (const more of ofType('AWS::EC2::VPCCidrBlock', checking)) {
    for (const vpc of possibleValues(more.properties?.entries.get('VpcId')?.value)) {
      const network = networks.get(targetOf(vpc) ?? '');
      if (network) add(network, more);
    }
  }
  return networks;
}

function ofType(type: string, { template }: Checking): ResourceDeclaration[] {
  return [...template.resources.values()].filter((resource) => resource.type === type);
}

/** The blocks that a property may have; `isOpen` where some of them are not known. */
function placed(
  { logicalId, properties, condition }: ResourceDeclaration,
  name: string,
  { template }: Checking,
): { readonly known: readonly Placed[]; readonly isOpen: boolean } {
  const given = properties?.entries.get(name)?.value;
  const own = condition ? [{ condition: condition.name, holds: true }] : [];
  const all = possibleValues(given).map(({ node, assuming }) => {
    const value = knownText(node, template);
    const block = value && parseBlock(value.text);
    return block && { ...value, logicalId, block, where: node.where, assuming: [...own, ...assuming] };
  });
  const known = all.filter((one) => one !== undefined);
  return { known, isOpen: known.length < all.length };
}

/** What a subnet is in: a VPC of the template, or what a parameter names. */
function targetOf({ node }: Possible): string | undefined {
  if (node.kind !== 'intrinsic') return undefined;
  const { name, argument } = node;
  const [first] = argument.kind === 'list' ? argument.items : [argument];
  const isReference = name === 'Ref' || name === 'Fn::GetAtt';
  return isReference && first?.kind === 'scalar' ? String(first.value) : undefined;
}

function checkSize({ text, block, where, isDefault }: Placed, checking: Checking): void {
  if (block.bits !== 32 || (block.prefix >= largest && block.prefix <= smallest)) return;
  tell(
    isDefault,
    where,
    `The block ${text} is none that a VPC or a subnet can have`,
    `Take one from /${largest} to /${smallest}`,
    checking,
  );
}

function checkWithin(subnet: Placed, vpc: string, { blocks, open }: Network, checking: Checking): void {
  const isIpv4 = subnet.block.bits === 32;
  if (isIpv4 ? open.ipv4 : open.ipv6) return;
  const alike = blocks.filter(({ block }) => block.bits === subnet.block.bits);
  // Every VPC has a block of IPv4 addresses: where none was read, what is wrong there is said there.
  if (alike.some(({ block }) => holdsBlock(block, subnet.block)) || (isIpv4 && alike.length === 0)) return;
  const isDefault = subnet.isDefault || alike.some((one) => one.isDefault);
  const listed = [...new Set(alike.map(({ text }) => text))].slice(0, 5).join(', ');
  const [summary, remedy] =
    alike.length === 0
      ? [`${vpc} has no block of IPv6 addresses, and ${subnet.logicalId} is given one`, 'Add a VPCCidrBlock']
      : [
          `The block ${subnet.text} of ${subnet.logicalId} is not within ${listed} of ${vpc}`,
          'Take a part of it, or add a VPCCidrBlock to the VPC',
        ];
  tell(isDefault, subnet.where, summary, remedy, checking);
}

/** Blocks are in one another or apart, so that in the order of their addresses those around one come before it. */
function checkOverlaps(all: readonly Placed[], checking: Checking): void {
  const sorted = all
    .map((one, index) => ({ one, index }))
    .sort((a, b) => {
      const [x, y] = [a.one.block, b.one.block];
      if (x.bits !== y.bits) return x.bits - y.bits;
      if (x.address !== y.address) return x.address < y.address ? -1 : 1;
      return x.prefix - y.prefix || a.index - b.index;
    });
  const around: typeof sorted = [];
  for (const next of sorted) {
    while (around.length > 0 && !holdsBlock(around.at(-1)!.one.block, next.one.block)) around.pop();
    const other = around
      .slice(-mostAround)
      .find(
        ({ one }) =>
          one.logicalId !== next.one.logicalId &&
          areTogether([...one.assuming, ...next.one.assuming], checking.template) === true,
      );
    around.push(next);
    if (!other) continue;
    // It stands at the one that comes later in the template.
    const [first, second] = other.index < next.index ? [other.one, next.one] : [next.one, other.one];
    tell(
      first.isDefault || second.isDefault,
      second.where,
      `The block ${second.text} of ${second.logicalId} overlaps with ${first.text} of ${first.logicalId}`,
      'Give each subnet of a VPC a block of its own',
      checking,
    );
  }
}

/** Defaults may be replaced by what an environment gives, so that they only warn. */
function tell(
  isDefault: boolean,
  where: SourceRange,
  summary: string,
  remedy: string,
  checking: Checking,
): void {
  const say = isDefault ? warn : fail;
  say(checking, 'template-property-value', where, summary, remedy);
}
