/** What keeps AWS from deleting a part of a network, in words for the person who has to find it. */
import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { ProviderContext } from '../../provider.ts';
import { networkInterfaces } from './describe.ts';

/** @param filter `subnet-id`, `vpc-id`, `group-id` */
export async function interfacesIn(
  context: ProviderContext,
  filter: string,
  id: string,
): Promise<readonly string[]> {
  const found = await networkInterfaces.list(await context.aws.ec2(), [{ Name: filter, Values: [id] }]);
  return found.map(describeInterface);
}

function describeInterface(found: NetworkInterface): string {
  const user = found.Attachment?.InstanceId ?? found.Description;
  return `network interface ${found.NetworkInterfaceId}${user ? ` (${user})` : ''}`;
}
