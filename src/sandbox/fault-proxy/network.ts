import type { Call } from './call.ts';
import type { World } from './faults/fault.ts';
import { child, type Element, itemsOf, textAt } from './xml.ts';

/** Asks about what is in a network, as one client sees it. */
export type Ask = (action: string, filter?: string, value?: string) => Promise<Element>;

export function asker(world: World, call: Call): Ask {
  return (action, filter, value) =>
    world.ask(
      call,
      action,
      filter === undefined || value === undefined
        ? {}
        : { 'Filter.1.Name': filter, 'Filter.1.Value.1': value },
    );
}

/** The instances that are not terminated, where the filter is met. */
export async function liveInstances(ask: Ask, filter: string, value: string): Promise<Element[]> {
  const instances = itemsOf(await ask('DescribeInstances', filter, value), 'instancesSet');
  return instances.filter((instance) => textAt(instance, 'instanceState', 'name') !== 'terminated');
}

/** The NAT gateways that are not deleted, where the filter is met. */
export async function liveNatGateways(ask: Ask, filter: string, value: string): Promise<Element[]> {
  const gateways = itemsOf(await ask('DescribeNatGateways', filter, value), 'natGatewaySet');
  return gateways.filter((gateway) => textAt(gateway, 'state') !== 'deleted');
}

/**
 * The network interfaces that AWS would still have, where the filter is met: moto keeps those that it made
 * for an instance or a NAT gateway after that is gone, and their public addresses with them.
 */
export async function liveInterfaces(ask: Ask, filter: string, value: string): Promise<Element[]> {
  const interfaces = itemsOf(await ask('DescribeNetworkInterfaces', filter, value), 'networkInterfaceSet');
  if (interfaces.length === 0) return [];
  const left = await interfacesLeftBehind(ask);
  return interfaces.filter((item) => {
    if (left.ofNatGateways.has(textAt(item, 'networkInterfaceId'))) return false;
    const madeForInstance = textAt(item, 'description') === 'Primary network interface';
    return !(madeForInstance && left.terminatedInstances.has(textAt(item, 'attachment', 'instanceId')));
  });
}

/** Whether an interface is attached to an instance that is there: moto leaves it attached to one that is not. */
export async function isAttached(ask: Ask, item: Element): Promise<boolean> {
  if (textAt(item, 'status') !== 'in-use') return false;
  const { terminatedInstances } = await interfacesLeftBehind(ask);
  return !terminatedInstances.has(textAt(item, 'attachment', 'instanceId'));
}

interface LeftBehind {
  readonly terminatedInstances: ReadonlySet<string>;
  readonly ofNatGateways: ReadonlySet<string>;
}

async function interfacesLeftBehind(ask: Ask): Promise<LeftBehind> {
  const terminated = itemsOf(
    await ask('DescribeInstances', 'instance-state-name', 'terminated'),
    'instancesSet',
  );
  const deleted = itemsOf(await ask('DescribeNatGateways', 'state', 'deleted'), 'natGatewaySet');
  return {
    terminatedInstances: new Set(terminated.map((instance) => textAt(instance, 'instanceId'))),
    ofNatGateways: new Set(
      deleted
        .flatMap((gateway) => child(gateway, 'natGatewayAddressSet')?.children ?? [])
        .map((address) => textAt(address, 'networkInterfaceId')),
    ),
  };
}
