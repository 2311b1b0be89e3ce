import type { VpcPeeringConnection } from '@aws-sdk/client-ec2';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, isNotFound } from '../aws-error.ts';
import { createOnce, eventually, until } from '../eventually.ts';
import { refused } from '../refused.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, readBulk } from './describe.ts';
import { allPeeringConnections, peeringConnections } from './describe-network.ts';
import { withPeer } from './peer.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::VPCPeeringConnection';

export const vpcPeeringConnection = defineResourceType({
  type,
  adoption: byTaggedId('pcx'),
  attributes: ['Id'],
  // How it was accepted is not answered.
  writeOnly: ['AssumeRoleRegion', 'PeerRoleArn'],

  // Two VPCs are joined once.
  order: (before, after) =>
    before.VpcId === after.VpcId && before.PeerVpcId === after.PeerVpcId
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, Tags: canonicalTags(given.Tags) };
  },

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    return wantedAmong(wanted, (await readBulk(context, peeringConnections, ids)).map(live));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, peeringConnections, pending.intent);
    return found && live(found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { properties: p } = request;
    const made = await createOnce(
      context,
      async () => {
        const { VpcPeeringConnection: answered } = await ec2.createVpcPeeringConnection({
          VpcId: text(p.VpcId),
          PeerVpcId: text(p.PeerVpcId),
          PeerOwnerId: text(p.PeerOwnerId),
          PeerRegion: text(p.PeerRegion),
          TagSpecifications: tagSpecifications(request, 'vpc-peering-connection'),
        });
        return answered!;
      },
      () => describeByIntent(context, peeringConnections, request.intent),
    );
    return live(await untilJoined(context, made.VpcPeeringConnectionId!, p));
  },

  async update(context, request) {
    const { after, physicalId } = request;
    await updateTags(context, request);
    const now = live(await untilJoined(context, physicalId, after));
    return { ...now, properties: { ...now.properties, Tags: after.Tags ?? [] } };
  },

  async delete(context, { physicalId: VpcPeeringConnectionId }) {
    const ec2 = await context.aws.ec2();
    try {
      await ec2.deleteVpcPeeringConnection({ VpcPeeringConnectionId });
    } catch (error) {
      // One that was refused, or deleted already, cannot be deleted.
      if (!isNotFound(error) && errorCode(error) !== 'InvalidStateTransition') throw error;
    }
    await until(context, `peering connection ${VpcPeeringConnectionId} deleted`, 5 * 60_000, async () =>
      (await describeOne(context, peeringConnections, VpcPeeringConnectionId)) === undefined
        ? true
        : undefined,
    );
  },
});

function live(one: VpcPeeringConnection): Live {
  const Id = one.VpcPeeringConnectionId!;
  const { RequesterVpcInfo: own, AccepterVpcInfo: peer } = one;
  return {
    physicalId: Id,
    properties: present({
      VpcId: own?.VpcId,
      PeerVpcId: peer?.VpcId,
      PeerOwnerId: peer?.OwnerId,
      PeerRegion: peer?.Region,
      Tags: liveTags(one.Tags),
    }),
    attributes: { Id },
  };
}

/**
 * Accepts it where that is ours to do (in the same account, or as the role that the template names), and waits until
 * it joins the two. One that somebody else has to accept is left to wait for them: nobody knows how long.
 */
async function untilJoined(
  context: ProviderContext,
  id: string,
  properties: Properties,
): Promise<VpcPeeringConnection> {
  const asked = await until(context, `peering connection ${id} asked for`, 5 * 60_000, async () => {
    const one = await describe(context, id);
    return one?.Status?.Code === 'initiating-request' ? undefined : one;
  });
  if (asked.Status?.Code !== 'pending-acceptance') return untilActive(context, id);
  const isOurs = (text(properties.PeerOwnerId) ?? context.account) === context.account;
  const role = text(properties.PeerRoleArn);
  if (!isOurs && role === undefined) return asked;
  const region = text(properties.AssumeRoleRegion) ?? text(properties.PeerRegion) ?? context.region;
  await withPeer(context, { region, ...(role === undefined ? {} : { role }) }, async (peer) => {
    await eventually(context, () => peer.acceptVpcPeeringConnection({ VpcPeeringConnectionId: id }));
  });
  return untilActive(context, id);
}

function untilActive(context: ProviderContext, id: string): Promise<VpcPeeringConnection> {
  return until(context, `peering connection ${id} active`, 5 * 60_000, async () => {
    const one = await describe(context, id);
    return one?.Status?.Code === 'active' ? one : undefined;
  });
}

async function describe(context: ProviderContext, id: string): Promise<VpcPeeringConnection | undefined> {
  const one = await describeOne(context, allPeeringConnections, id);
  if (/^(delet|reject|fail|expire)/.test(one?.Status?.Code ?? '')) {
    throw refused(`make peering connection ${id}`, one?.Status?.Message);
  }
  return one;
}
