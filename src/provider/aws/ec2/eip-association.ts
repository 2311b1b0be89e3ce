import type { Address } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { isNotFound } from '../aws-error.ts';
import { createOnce } from '../eventually.ts';
import { wantedAmong } from '../wanted-among.ts';
import { untagged } from './adoption.ts';
import { readBulk } from './describe.ts';
import { addresses } from './describe-network.ts';
import { attachmentsAroundUsers } from './gateway-dependency.ts';

const type = 'AWS::EC2::EIPAssociation';

/** It carries no tag: the address, which has at most one association, finds it. */
export const eipAssociation = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['Id'],
  altersAttributes: { InstanceId: ['PublicIp', 'PublicDnsName'] },

  // An address serves one, and a private address has one public one.
  order: (before, after) =>
    ['AllocationId', 'EIP', 'InstanceId', 'NetworkInterfaceId'].some(
      (name) => before[name] !== undefined && sameValue(before[name], after[name]),
    )
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise: (properties) => coerce(typeSchema(type), properties),

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    const all = await readBulk(context, addresses, ids, 'association-id');
    return wantedAmong(wanted, all.filter(isAssociated).map(live));
  },

  find: (context, { properties }) => findAssociation(context, properties),

  async create(context, { properties }) {
    const ec2 = await context.aws.ec2();
    const { AllocationId, EIP, ...target } = texts(properties);
    // Of the two names of an address AWS wants one, and in a VPC the first.
    const address = AllocationId === undefined ? { PublicIp: EIP } : { AllocationId };
    return createOnce(
      context,
      async () => {
        const { AssociationId } = await ec2.associateAddress({ ...address, ...target });
        return made(AssociationId!, properties);
      },
      () => findAssociation(context, properties),
    );
  },

  /** Every property replaces: there is nothing to bring about. */
  update: async (_context, { physicalId, after }) => made(physicalId, after),

  async delete(context, { physicalId: AssociationId }) {
    const ec2 = await context.aws.ec2();
    try {
      await ec2.disassociateAddress({ AssociationId });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },

  hiddenDependencies: (self, others) =>
    attachmentsAroundUsers([self.InstanceId, self.NetworkInterfaceId], others),
});

function isAssociated({ AssociationId }: Address): boolean {
  return AssociationId !== undefined && AssociationId !== '';
}

/** An association with an instance is answered with the network interface and the private address that it uses. */
function live(one: Address): Live {
  return made(
    one.AssociationId!,
    present({
      AllocationId: one.AllocationId,
      EIP: one.PublicIp,
      InstanceId: one.InstanceId || undefined,
      NetworkInterfaceId: one.NetworkInterfaceId,
      PrivateIpAddress: one.PrivateIpAddress,
    }),
  );
}

function made(Id: string, properties: Properties): Live {
  return { physicalId: Id, properties, attributes: { Id } };
}

/** The association of this address with this target: there can be no second. */
async function findAssociation(context: ProviderContext, properties: Properties): Promise<Live | undefined> {
  const { AllocationId, EIP, ...target } = texts(properties);
  const [one] = await addresses.list(await context.aws.ec2(), [
    AllocationId === undefined
      ? { Name: 'public-ip', Values: [EIP!] }
      : { Name: 'allocation-id', Values: [AllocationId] },
  ]);
  if (one === undefined || !isAssociated(one)) return undefined;
  const now = live(one);
  const isThis = Object.entries(target).every(
    ([name, value]) => value === undefined || now.properties[name] === value,
  );
  return isThis ? now : undefined;
}

function texts(p: Properties) {
  return {
    AllocationId: text(p.AllocationId),
    EIP: text(p.EIP),
    InstanceId: text(p.InstanceId),
    NetworkInterfaceId: text(p.NetworkInterfaceId),
    PrivateIpAddress: text(p.PrivateIpAddress),
  };
}
