/** Changes of a network interface's own attributes. The API takes one a call. */
import type { ModifyNetworkInterfaceAttributeCommandInput } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { flag, structure, text, texts } from '../../plain-value.ts';
import type { ProviderContext } from '../../provider.ts';
import { eventually } from '../eventually.ts';
import { describeOne, networkInterfaces, securityGroups } from './describe.ts';

type Attribute = Omit<ModifyNetworkInterfaceAttributeCommandInput, 'NetworkInterfaceId' | 'DryRun'>;

/** Brings `after` about, as far as it differs from `before`. */
export async function changeAttributes(
  context: ProviderContext,
  NetworkInterfaceId: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const differs = (name: string) => !sameValue(before[name], after[name]);
  const modify = (attribute: Attribute) =>
    eventually(context, () => ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId, ...attribute }));

  if (differs('Description')) await modify({ Description: { Value: text(after.Description) ?? '' } });
  if (differs('GroupSet')) {
    const Groups = texts(after.GroupSet) ?? (await defaultGroups(context, NetworkInterfaceId));
    await modify({ Groups });
  }
  if (differs('SourceDestCheck'))
    await modify({ SourceDestCheck: { Value: flag(after.SourceDestCheck) ?? true } });
  if (differs('EnablePrimaryIpv6') && after.EnablePrimaryIpv6 === true)
    await modify({ EnablePrimaryIpv6: true });
  const tracking = structure<NonNullable<Attribute['ConnectionTrackingSpecification']>>(
    after.ConnectionTrackingSpecification,
  );
  if (differs('ConnectionTrackingSpecification') && tracking !== undefined)
    await modify({ ConnectionTrackingSpecification: tracking });
  const HostnameType = text(after.PublicIpDnsHostnameTypeSpecification);
  if (differs('PublicIpDnsHostnameTypeSpecification') && HostnameType !== undefined) {
    await ec2.modifyPublicIpDnsNameOptions({
      NetworkInterfaceId,
      HostnameType: HostnameType as 'public-ipv4-dns-name',
    });
  }
}

/** As at its creation: an interface for which no group is named is in the default one of its VPC. */
async function defaultGroups(context: ProviderContext, id: string): Promise<string[]> {
  const one = await describeOne(context, networkInterfaces, id);
  const groups = await securityGroups.list(await context.aws.ec2(), [
    { Name: 'vpc-id', Values: [one?.VpcId ?? ''] },
    { Name: 'group-name', Values: ['default'] },
  ]);
  return groups.map(({ GroupId = '' }) => GroupId);
}
