import type { DhcpOptions } from '@aws-sdk/client-ec2';
import { isList, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, eventually } from '../eventually.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, readBulk, untilShown, vpcs } from './describe.ts';
import { dhcpOptionSets } from './describe-network.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::DHCPOptions';

/** EC2's name of each option. */
const options = {
  DomainName: 'domain-name',
  DomainNameServers: 'domain-name-servers',
  NtpServers: 'ntp-servers',
  NetbiosNameServers: 'netbios-name-servers',
  NetbiosNodeType: 'netbios-node-type',
  Ipv6AddressPreferredLeaseTime: 'ipv6-address-preferred-lease-time',
} as const;

const numbers: readonly string[] = ['NetbiosNodeType', 'Ipv6AddressPreferredLeaseTime'];
const texts: readonly string[] = ['DomainName'];

export const dhcpOptions = defineResourceType({
  type,
  adoption: byTaggedId('dopt'),
  attributes: ['DhcpOptionsId'],
  order: () => 'create-before-delete',

  // The order of servers is the order in which they are asked.
  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, Tags: canonicalTags(given.Tags) };
  },

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    return wantedAmong(wanted, (await readBulk(context, dhcpOptionSets, ids)).map(live));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, dhcpOptionSets, pending.intent);
    return found && live(found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const specifications = tagSpecifications(request, 'dhcp-options');
    const made = await createOnce(
      context,
      async () => {
        const { DhcpOptions: answered } = await ec2.createDhcpOptions({
          DhcpConfigurations: configurations(request.properties),
          TagSpecifications: specifications,
        });
        return answered!;
      },
      () => describeByIntent(context, dhcpOptionSets, request.intent),
    );
    const id = made.DhcpOptionsId!;
    // moto takes no tags in this call.
    if ((made.Tags ?? []).length === 0) {
      await eventually(context, () => ec2.createTags({ Resources: [id], Tags: specifications[0]!.Tags }));
    }
    return live(await untilShown(context, dhcpOptionSets, id));
  },

  async update(context, request) {
    await updateTags(context, request);
    const DhcpOptionsId = request.physicalId;
    return { physicalId: DhcpOptionsId, properties: request.after, attributes: { DhcpOptionsId } };
  },

  async delete(context, { physicalId: DhcpOptionsId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `DHCP options ${DhcpOptionsId}`,
      send: () => ec2.deleteDhcpOptions({ DhcpOptionsId }),
      holders: async () => {
        const users = await vpcs.list(ec2, [{ Name: 'dhcp-options-id', Values: [DhcpOptionsId] }]);
        return users.map(({ VpcId }) => `VPC ${VpcId}`);
      },
    });
  },
});

function configurations(p: Properties) {
  return Object.entries(options).flatMap(([name, Key]) => {
    const value = p[name];
    if (value === undefined) return [];
    return [{ Key, Values: isList(value) ? value.map(String) : [text(value)!] }];
  });
}

function live(one: DhcpOptions): Live {
  const DhcpOptionsId = one.DhcpOptionsId!;
  const answered = new Map(
    (one.DhcpConfigurations ?? []).map(({ Key, Values = [] }) => [
      Key,
      Values.map(({ Value = '' }) => Value),
    ]),
  );
  const said = Object.entries(options).flatMap(([name, key]) => {
    const values = answered.get(key);
    return values === undefined ? [] : [[name, optionOf(name, values)] as const];
  });
  return {
    physicalId: DhcpOptionsId,
    properties: present({ ...Object.fromEntries(said), Tags: liveTags(one.Tags) }),
    attributes: { DhcpOptionsId },
  };
}

function optionOf(name: string, values: readonly string[]): Value {
  if (numbers.includes(name)) return Number(values[0]);
  return texts.includes(name) ? values.join(' ') : values;
}
