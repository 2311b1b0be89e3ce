import type { CreateNetworkInterfaceCommandInput, NetworkInterface } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { flag, integer, objects, sortedSet, structure, text, texts } from '../../plain-value.ts';
import { type CreateRequest, defineResourceType, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { clientToken } from '../client-token.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { eventually, until } from '../eventually.ts';
import { canonicalTags } from '../tags.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, networkInterfaces, readBulk } from './describe.ts';
import { bringAboutAddresses, canonicalAddresses, primaryAddress } from './network-interface-addresses.ts';
import { liveInterface } from './network-interface-live.ts';
import { changeAttributes } from './network-interface-update.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::NetworkInterface';

export const networkInterface = defineResourceType({
  type,
  adoption: byTaggedId('eni'),
  attributes: ['Id', 'PrimaryPrivateIpAddress', 'SecondaryPrivateIpAddresses', 'PrimaryIpv6Address', 'VpcId'],
  attributesChangedBy: {
    SecondaryPrivateIpAddresses: ['PrivateIpAddresses', 'SecondaryPrivateIpAddressCount'],
    PrimaryIpv6Address: ['Ipv6Addresses', 'Ipv6AddressCount', 'EnablePrimaryIpv6'],
  },
  // Which address is the primary one is told, and not that one was asked for.
  writeOnly: ['EnablePrimaryIpv6'],

  // Two interfaces of one subnet cannot share an address.
  order: (before, after) =>
    sameValue(before.SubnetId, after.SubnetId) &&
    addresses(before).some((one) => addresses(after).includes(one))
      ? 'delete-before-create'
      : 'create-before-delete',

  // Secondary addresses come and go; the primary one stays as long as the interface.
  replaces(property, before, after) {
    const wanted = primaryAddress(after);
    return property === 'PrivateIpAddresses' && wanted !== undefined && wanted !== primaryAddress(before);
  },

  canonicalise(properties) {
    const { Description, ...given } = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(Description === undefined || Description === '' ? {} : { Description }),
      ...canonicalAddresses(given),
      ...(given.GroupSet === undefined ? {} : { GroupSet: sortedSet(given.GroupSet)! }),
      SourceDestCheck: given.SourceDestCheck ?? true,
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one]));
    const all = await readBulk(context, networkInterfaces, [...ids.keys()]);
    return new Map(
      all.flatMap((one) => {
        const want = ids.get(one.NetworkInterfaceId ?? '');
        return want === undefined ? [] : [[want.logicalId, liveInterface(one, want.properties)] as const];
      }),
    );
  },

  async find(context, pending) {
    const found = await describeByIntent(context, networkInterfaces, pending.intent);
    return found && liveInterface(found, pending.properties);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { properties: p } = request;
    const { NetworkInterface } = await eventually(context, () =>
      ec2.createNetworkInterface(createInput(request)),
    );
    const id = NetworkInterface!.NetworkInterfaceId!;
    const made = liveInterface(await ready(context, id), p);
    // What the create call does not take.
    await changeAttributes(
      context,
      id,
      { ...p, SourceDestCheck: true, PublicIpDnsHostnameTypeSpecification: '' },
      p,
    );
    return { ...made, properties: { ...made.properties, SourceDestCheck: p.SourceDestCheck ?? true } };
  },

  async update(context, request) {
    const { before, after, physicalId } = request;
    const one = await ready(context, physicalId);
    await changeAttributes(context, physicalId, before, after);
    await bringAboutAddresses(context, one, before, after);
    await updateTags(context, request);
    const now = liveInterface(await ready(context, physicalId), after);
    const said = ['SourceDestCheck', 'GroupSet', 'Description', 'Tags'].flatMap((name) =>
      after[name] === undefined ? [] : [[name, after[name]] as const],
    );
    return { ...now, properties: { ...now.properties, ...Object.fromEntries(said) } };
  },

  async delete(context, { physicalId: NetworkInterfaceId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `network interface ${NetworkInterfaceId}`,
      send: () => ec2.deleteNetworkInterface({ NetworkInterfaceId }),
      holders: async () => {
        const one = await describeOne(context, networkInterfaces, NetworkInterfaceId);
        const { InstanceId, AttachmentId } = one?.Attachment ?? {};
        return AttachmentId === undefined ? [] : [`its attachment to ${InstanceId ?? 'a service of AWS'}`];
      },
    });
  },
});

/** Those that were asked for: the others are AWS's to choose. */
function addresses(p: Properties): string[] {
  return [
    text(p.PrivateIpAddress),
    ...objects(p.PrivateIpAddresses).map((one) => text(one.PrivateIpAddress)),
  ].filter((one) => one !== undefined);
}

function createInput(request: CreateRequest): CreateNetworkInterfaceCommandInput {
  const { properties: p } = request;
  const list = <T>(name: string) =>
    p[name] === undefined ? undefined : (objects(p[name]) as unknown as T[]);
  return {
    SubnetId: text(p.SubnetId),
    Description: text(p.Description),
    Groups: texts(p.GroupSet),
    PrivateIpAddress: text(p.PrivateIpAddress),
    PrivateIpAddresses: list('PrivateIpAddresses'),
    SecondaryPrivateIpAddressCount: integer(p.SecondaryPrivateIpAddressCount),
    Ipv6Addresses: list('Ipv6Addresses'),
    Ipv6AddressCount: integer(p.Ipv6AddressCount),
    Ipv4Prefixes: list('Ipv4Prefixes'),
    Ipv4PrefixCount: integer(p.Ipv4PrefixCount),
    Ipv6Prefixes: list('Ipv6Prefixes'),
    Ipv6PrefixCount: integer(p.Ipv6PrefixCount),
    EnablePrimaryIpv6: flag(p.EnablePrimaryIpv6),
    // The ordinary kind is had by naming none.
    InterfaceType: p.InterfaceType === 'interface' ? undefined : (text(p.InterfaceType) as 'efa' | undefined),
    ConnectionTrackingSpecification: structure(p.ConnectionTrackingSpecification),
    ClientToken: clientToken(request.intent),
    TagSpecifications: tagSpecifications(request, 'network-interface'),
  };
}

function ready(context: ProviderContext, id: string): Promise<NetworkInterface> {
  return until(context, `network interface ${id} ready`, 5 * 60_000, async () => {
    const one = await describeOne(context, networkInterfaces, id);
    return one?.Status === ('pending' as string) ? undefined : one;
  });
}
