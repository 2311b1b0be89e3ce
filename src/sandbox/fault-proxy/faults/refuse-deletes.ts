import { errorAnswer, type ServiceError } from '../answer.ts';
import type { Call } from '../call.ts';
import { type Ask, asker, isAttached, liveInstances, liveInterfaces, liveNatGateways } from '../network.ts';
import { child, type Element, itemsOf, textAt } from '../xml.ts';
import type { Fault } from './fault.ts';

/**
 * Refuses the EC2 deletes that AWS refuses and moto does not: what is still in use stays. Before each such
 * delete it asks moto what is there. Codes and words: 'Error codes' of the EC2 API reference.
 */
export const refuseDeletes: Fault<object> = {
  create: (_, world) => ({
    matched: async (call, next) => {
      const check = call.protocol === 'ec2' ? CHECKS[call.action] : undefined;
      const refusal = await check?.(asker(world, call), call.parameters);
      return refusal === undefined ? next(call) : errorAnswer(call, { status: 400, ...refusal });
    },
  }),
};

type Refusal = Omit<ServiceError, 'status'>;
type Check = (ask: Ask, parameters: Call['parameters']) => Promise<Refusal | undefined>;

const CHECKS: Readonly<Record<string, Check>> = {
  DeleteSubnet: async (ask, { SubnetId: id = '' }) =>
    (await any(
      () => liveInstances(ask, 'subnet-id', id),
      () => liveInterfaces(ask, 'subnet-id', id),
      () => liveNatGateways(ask, 'subnet-id', id),
    ))
      ? dependencies(`The subnet '${id}'`)
      : undefined,

  DeleteSecurityGroup: async (ask, { GroupId: id = '' }) => {
    const groups = itemsOf(await ask('DescribeSecurityGroups'), 'securityGroupInfo');
    const own = groups.find((group) => textAt(group, 'groupId') === id);
    // By name, or not there: moto knows what to say.
    if (own === undefined) return undefined;
    if (textAt(own, 'groupName') === 'default') {
      const message = `the specified group: "${id}" name: "default" cannot be deleted by a user`;
      return { code: 'CannotDelete', message };
    }
    const isReferenced = groups.some((group) => group !== own && referencedGroups(group).includes(id));
    const isUsed = isReferenced || (await any(() => liveInterfaces(ask, 'group-id', id)));
    return isUsed
      ? { code: 'DependencyViolation', message: `resource ${id} has a dependent object` }
      : undefined;
  },

  DetachInternetGateway: async (ask, { VpcId: id = '' }) => {
    const isMapped = await any(
      async () =>
        (await liveInterfaces(ask, 'vpc-id', id)).filter(
          (item) => textAt(item, 'association', 'publicIp') !== '',
        ),
      async () =>
        (await liveInstances(ask, 'vpc-id', id)).filter((instance) => textAt(instance, 'ipAddress') !== ''),
    );
    if (!isMapped) return undefined;
    const message = `Network ${id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`;
    return { code: 'DependencyViolation', message };
  },

  DeleteVpc: async (ask, { VpcId: id = '' }) => {
    const list =
      (action: string, filter: string, name: string, counts: (item: Element) => boolean = () => true) =>
      async () =>
        itemsOf(await ask(action, filter, id), name).filter(counts);
    const isInUse = await any(
      list('DescribeSubnets', 'vpc-id', 'subnetSet'),
      list('DescribeInternetGateways', 'attachment.vpc-id', 'internetGatewaySet'),
      list('DescribeRouteTables', 'vpc-id', 'routeTableSet', (table) => !isMain(table)),
      list(
        'DescribeSecurityGroups',
        'vpc-id',
        'securityGroupInfo',
        (g) => textAt(g, 'groupName') !== 'default',
      ),
      list('DescribeNetworkAcls', 'vpc-id', 'networkAclSet', (acl) => textAt(acl, 'default') !== 'true'),
      list('DescribeVpcEndpoints', 'vpc-id', 'vpcEndpointSet', (e) => textAt(e, 'state') !== 'deleted'),
      () => liveNatGateways(ask, 'vpc-id', id),
      () => liveInterfaces(ask, 'vpc-id', id),
    );
    return isInUse ? dependencies(`The vpc '${id}'`) : undefined;
  },

  ReleaseAddress: async (ask, { AllocationId: id = '' }) => {
    const [address] = itemsOf(await ask('DescribeAddresses', 'allocation-id', id), 'addressesSet');
    const interfaceId = address === undefined ? '' : textAt(address, 'networkInterfaceId');
    if (address === undefined || interfaceId === '') return undefined;
    const inUse = await any(() => liveInterfaces(ask, 'network-interface-id', interfaceId));
    const message = `Address ${textAt(address, 'publicIp')} is in use.`;
    return inUse ? { code: 'InvalidIPAddress.InUse', message } : undefined;
  },

  DeleteNetworkInterface: async (ask, { NetworkInterfaceId: id = '' }) => {
    const [item] = await liveInterfaces(ask, 'network-interface-id', id);
    if (item === undefined || !(await isAttached(ask, item))) return undefined;
    const message = `Network interface '${id}' is currently in use.`;
    return { code: 'InvalidParameterValue', message };
  },
};

function dependencies(subject: string): Refusal {
  return { code: 'DependencyViolation', message: `${subject} has dependencies and cannot be deleted.` };
}

/** Whether one of the questions finds anything. The rest is not asked then. */
async function any(...questions: readonly (() => Promise<readonly Element[]>)[]): Promise<boolean> {
  for (const question of questions) if ((await question()).length > 0) return true;
  return false;
}

function referencedGroups(group: Element): string[] {
  const rules = ['ipPermissions', 'ipPermissionsEgress'].flatMap(
    (name) => child(group, name)?.children ?? [],
  );
  return rules.flatMap((rule) => itemsOf(rule, 'groups')).map((reference) => textAt(reference, 'groupId'));
}

function isMain(routeTable: Element): boolean {
  return itemsOf(routeTable, 'associationSet').some((association) => textAt(association, 'main') === 'true');
}
