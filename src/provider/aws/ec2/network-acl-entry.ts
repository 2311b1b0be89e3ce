import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import { isObject, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { flag, integer, present, structure, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { isNotFound } from '../aws-error.ts';
import { canonicalCidr } from '../cidr.ts';
import { createOnce, eventually } from '../eventually.ts';
import { wantedAmong } from '../wanted-among.ts';
import { untagged } from './adoption.ts';
import { describeOne, networkAcls, readBulk } from './describe.ts';

const type = 'AWS::EC2::NetworkAclEntry';

const icmp = [1, 58];
const withPorts = [6, 17];

/**
 * It carries no tag: list, direction and number find it, and are its physical id: `acl-123|ingress|100`.
 */
export const networkAclEntry = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['Id'],

  order: (before, after) =>
    ['NetworkAclId', 'Egress', 'RuleNumber'].every((name) => sameValue(before[name], after[name]))
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const { PortRange, Icmp, ...given } = coerce(typeSchema(type), properties);
    const { CidrBlock, Ipv6CidrBlock, Protocol, RuleAction } = given;
    const isKnown = typeof Protocol === 'number';
    return {
      Egress: false,
      ...given,
      ...(CidrBlock === undefined ? {} : { CidrBlock: canonicalCidr(CidrBlock) }),
      ...(Ipv6CidrBlock === undefined ? {} : { Ipv6CidrBlock: canonicalCidr(Ipv6CidrBlock) }),
      ...(typeof RuleAction === 'string' ? { RuleAction: RuleAction.toLowerCase() } : {}),
      // AWS ignores ports of what has none, and types of what is not ICMP.
      ...(PortRange === undefined || (isKnown && !withPorts.includes(Protocol)) ? {} : { PortRange }),
      ...(Icmp === undefined || (isKnown && !icmp.includes(Protocol)) ? {} : { Icmp: wholeIcmp(Icmp) }),
    };
  },

  async read(context, wanted) {
    const acls = await readBulk(
      context,
      networkAcls,
      wanted.map(({ physicalId }) => partsOf(physicalId).NetworkAclId),
    );
    const entries = acls.flatMap(({ NetworkAclId = '', Entries = [] }) =>
      Entries.map((one) => live(NetworkAclId, one)),
    );
    const found = wantedAmong(wanted, entries);
    const recorded = new Map(wanted.map((one) => [one.logicalId, one.properties]));
    return new Map([...found].map(([id, now]) => [id, withIcmp(now, recorded.get(id)!)]));
  },

  /** An entry that is there and says the same is the one: there can be no second of its number. */
  async find(context, { properties }) {
    const now = await readOne(context, made(properties).physicalId);
    return now !== undefined && says(now.properties, properties) ? now : undefined;
  },

  async create(context, { properties }) {
    const ec2 = await context.aws.ec2();
    const wanted = made(properties);
    await createOnce(
      context,
      async () => {
        await ec2.createNetworkAclEntry(inputOf(properties));
        return true;
      },
      async () => {
        const now = await readOne(context, wanted.physicalId);
        return now !== undefined && says(now.properties, properties) ? true : undefined;
      },
    );
    return wanted;
  },

  async update(context, { before, after }) {
    const ec2 = await context.aws.ec2();
    if (!sameValue(before, after)) {
      await eventually(context, () => ec2.replaceNetworkAclEntry(inputOf(after)));
    }
    return made(after);
  },

  async delete(context, { physicalId }) {
    // moto fails for an entry that is gone, where AWS says that it is not found.
    if ((await readOne(context, physicalId)) === undefined) return;
    const ec2 = await context.aws.ec2();
    try {
      await ec2.deleteNetworkAclEntry(partsOf(physicalId));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
});

/** -1 is AWS's word for all of them. */
function wholeIcmp(value: Value): Value {
  return isObject(value) && value.$slipway === undefined ? { Code: -1, Type: -1, ...value } : value;
}

function made(properties: Properties): Live {
  const direction = properties.Egress === true ? 'egress' : 'ingress';
  const Id = [text(properties.NetworkAclId), direction, text(properties.RuleNumber)].join('|');
  return { physicalId: Id, properties, attributes: { Id } };
}

function partsOf(physicalId: string) {
  const [NetworkAclId = '', direction, number] = physicalId.split('|');
  return { NetworkAclId, Egress: direction === 'egress', RuleNumber: Number(number) };
}

function live(NetworkAclId: string, one: NetworkAclEntry): Live {
  const Protocol = Number(one.Protocol);
  return made(
    present({
      NetworkAclId,
      RuleNumber: one.RuleNumber,
      Egress: one.Egress ?? false,
      Protocol,
      RuleAction: one.RuleAction,
      CidrBlock: one.CidrBlock,
      Ipv6CidrBlock: canonicalCidr(one.Ipv6CidrBlock),
      PortRange: withPorts.includes(Protocol) ? one.PortRange : undefined,
      Icmp: icmp.includes(Protocol) ? one.IcmpTypeCode : undefined,
    }),
  );
}

/** AWS always answers the type and code of an ICMP entry, and moto never does: then the record is all there is. */
function withIcmp(now: Live, { Icmp }: Properties): Live {
  const isAnswered = !icmp.includes(Number(now.properties.Protocol)) || now.properties.Icmp !== undefined;
  return isAnswered || Icmp === undefined ? now : { ...now, properties: { ...now.properties, Icmp } };
}

function says(now: Properties, wanted: Properties): boolean {
  return Object.entries(wanted).every(([name, value]) => sameValue(now[name], value));
}

async function readOne(context: ProviderContext, physicalId: string): Promise<Live | undefined> {
  const { NetworkAclId } = partsOf(physicalId);
  const acl = await describeOne(context, networkAcls, NetworkAclId);
  return acl?.Entries?.map((one) => live(NetworkAclId, one)).find((one) => one.physicalId === physicalId);
}

function inputOf(p: Properties) {
  return {
    NetworkAclId: text(p.NetworkAclId),
    RuleNumber: integer(p.RuleNumber),
    Egress: flag(p.Egress),
    Protocol: text(p.Protocol),
    RuleAction: text(p.RuleAction) as NetworkAclEntry['RuleAction'],
    CidrBlock: text(p.CidrBlock),
    Ipv6CidrBlock: text(p.Ipv6CidrBlock),
    PortRange: structure<NonNullable<NetworkAclEntry['PortRange']>>(p.PortRange),
    IcmpTypeCode: structure<NonNullable<NetworkAclEntry['IcmpTypeCode']>>(p.Icmp),
  };
}
