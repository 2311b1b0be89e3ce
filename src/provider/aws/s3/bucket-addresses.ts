import type { ProviderContext } from '../../provider.ts';

/** Regions whose website addresses have a dash before the region, where later ones have a dot. */
const dashed = new Set([
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'eu-west-1',
  'sa-east-1',
  'us-gov-west-1',
]);

/** What `Fn::GetAtt` gives: all of it follows from the name. https://docs.aws.amazon.com/general/latest/gr/s3.html */
export function bucketAttributes(
  { region, partition }: Pick<ProviderContext, 'region' | 'partition'>,
  name: string,
): Readonly<Record<string, string>> {
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    Arn: `arn:${partition}:s3:::${name}`,
    DomainName: `${name}.s3.${suffix}`,
    DualStackDomainName: `${name}.s3.dualstack.${region}.${suffix}`,
    RegionalDomainName: `${name}.s3.${region}.${suffix}`,
    WebsiteURL: `http://${name}.s3-website${dashed.has(region) ? '-' : '.'}${region}.${suffix}`,
  };
}
