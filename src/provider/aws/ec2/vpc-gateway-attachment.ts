import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { text } from '../../plain-value.ts';
import type { ProviderContext } from '../../provider.ts';
import { defineResourceType, type Live, type ReadContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode } from '../aws-error.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { eventually, until } from '../eventually.ts';
import { untagged } from './adoption.ts';
import {
  internetGateways,
  listByFilter,
  networkInterfaces,
  readBulk,
  readingIds,
  vpnGateways,
} from './describe.ts';

const type = 'AWS::EC2::VPCGatewayAttachment';

/** Its physical id is what CloudFormation gives: `IGW|vpc-123` or `VGW|vpc-123`. A VPC has at most one of each. */
export const vpcGatewayAttachment = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['AttachmentType'],

  // A gateway is attached to one VPC at a time, and a VPC has one gateway of a kind.
  order: (before, after) =>
    ['InternetGatewayId', 'VpnGatewayId', 'VpcId'].some(
      (name) => before[name] !== undefined && sameValue(before[name], after[name]),
    )
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise: (properties) => coerce(typeSchema(type), properties),

  async read(context, wanted) {
    const vpcs = wanted.map(({ physicalId }) => vpcOf(physicalId));
    const [internet, vpn] = await Promise.all([
      wanted.some(({ physicalId }) => physicalId.startsWith('IGW|')) ? attachedInternet(context, vpcs) : [],
      wanted.some(({ physicalId }) => physicalId.startsWith('VGW|')) ? attachedVpn(context, vpcs) : [],
    ]);
    const found = new Map([...internet, ...vpn].map((one) => [one.physicalId, one]));
    return new Map(
      wanted.flatMap(({ logicalId, physicalId }) => {
        const one = found.get(physicalId);
        return one === undefined ? [] : [[logicalId, one] as const];
      }),
    );
  },

  async find(context, { properties }) {
    const wanted = live(properties);
    const now = await readOne(context, wanted.physicalId);
    return now !== undefined && gatewayOf(now.properties) === gatewayOf(properties) ? now : undefined;
  },

  async create(context, { properties }) {
    await attach(context, properties);
    return live(properties);
  },

  async update(context, { before, after }) {
    if (gatewayOf(before) !== gatewayOf(after)) {
      await detach(context, before);
      await attach(context, after);
    }
    return live(after);
  },

  async delete(context, { physicalId, properties }) {
    // What was replaced is remembered by its id alone.
    const attached =
      gatewayOf(properties) === undefined ? (await readOne(context, physicalId))?.properties : properties;
    if (attached !== undefined) await detach(context, attached);
  },
});

function live(properties: Properties): Live {
  const AttachmentType = properties.InternetGatewayId === undefined ? 'VGW' : 'IGW';
  return {
    physicalId: `${AttachmentType}|${text(properties.VpcId)}`,
    properties,
    attributes: { AttachmentType },
  };
}

function vpcOf(physicalId: string): string {
  return physicalId.slice(physicalId.indexOf('|') + 1);
}

function gatewayOf(properties: Properties): string | undefined {
  return text(properties.InternetGatewayId ?? properties.VpnGatewayId);
}

async function attachedInternet(context: ReadContext, vpcs: readonly string[]): Promise<Live[]> {
  const all = await readBulk(context, internetGateways, vpcs, 'attachment.vpc-id');
  return all.flatMap(({ InternetGatewayId = '', Attachments = [] }) =>
    Attachments.filter(({ State }) => State !== 'detached' && State !== 'detaching').map(({ VpcId = '' }) =>
      live({ VpcId, InternetGatewayId }),
    ),
  );
}

async function attachedVpn(context: ReadContext, vpcs: readonly string[]): Promise<Live[]> {
  const all = await readBulk(context, vpnGateways, vpcs, 'attachment.vpc-id');
  return all.flatMap(({ VpnGatewayId = '', VpcAttachments = [] }) =>
    VpcAttachments.filter(({ State }) => State === 'attached').map(({ VpcId = '' }) =>
      live({ VpcId, VpnGatewayId }),
    ),
  );
}

async function readOne(context: ProviderContext, physicalId: string): Promise<Live | undefined> {
  const read = physicalId.startsWith('IGW|') ? attachedInternet : attachedVpn;
  return (await read(readingIds(context), [vpcOf(physicalId)])).find((one) => one.physicalId === physicalId);
}

/** Succeeds when this very gateway is attached already: an earlier call did it, and its answer was lost. */
async function attach(context: ProviderContext, properties: Properties): Promise<void> {
  const ec2 = await context.aws.ec2();
  const VpcId = text(properties.VpcId);
  const InternetGatewayId = text(properties.InternetGatewayId);
  const VpnGatewayId = text(properties.VpnGatewayId);
  const wanted = live(properties);
  try {
    await eventually(context, async () => {
      if (InternetGatewayId !== undefined) await ec2.attachInternetGateway({ InternetGatewayId, VpcId });
      else await ec2.attachVpnGateway({ VpnGatewayId, VpcId });
    });
  } catch (error) {
    if (errorCode(error) !== 'Resource.AlreadyAssociated') throw error;
    const now = await readOne(context, wanted.physicalId);
    if (now === undefined || gatewayOf(now.properties) !== gatewayOf(properties)) throw error;
  }
  if (VpnGatewayId === undefined) return;
  await until(context, `${VpnGatewayId} attached to ${VpcId}`, 10 * 60_000, () =>
    readOne(context, wanted.physicalId),
  );
}

/** AWS refuses while a public address of the VPC is mapped: that is waited for like any other use. */
async function detach(context: ProviderContext, properties: Properties): Promise<void> {
  const ec2 = await context.aws.ec2();
  const VpcId = text(properties.VpcId)!;
  const InternetGatewayId = text(properties.InternetGatewayId);
  const VpnGatewayId = text(properties.VpnGatewayId);
  await deleteWhenFree(context, {
    what: `the attachment of ${InternetGatewayId ?? VpnGatewayId} to VPC ${VpcId}`,
    send: async () => {
      try {
        if (InternetGatewayId !== undefined) await ec2.detachInternetGateway({ InternetGatewayId, VpcId });
        else await ec2.detachVpnGateway({ VpnGatewayId, VpcId });
      } catch (error) {
        if (!/^(Gateway\.NotAttached|IncorrectState)$/.test(errorCode(error) ?? '')) throw error;
      }
    },
    holders: () => publicAddresses(context, VpcId),
  });
}

async function publicAddresses(context: ProviderContext, vpc: string): Promise<readonly string[]> {
  const all = await listByFilter(readingIds(context), networkInterfaces, 'vpc-id', [vpc]);
  return all.flatMap(({ Association, NetworkInterfaceId, Attachment }) =>
    Association?.PublicIp === undefined
      ? []
      : [`public address ${Association.PublicIp} of ${Attachment?.InstanceId ?? NetworkInterfaceId}`],
  );
}
