import { type Example, exampleTags, tagEdits } from './example.ts';
import { balancerNeeds } from './load-balancing.ts';

const Subnets = [{ Ref: 'SubnetB' }, { Ref: 'SubnetA' }];
const attributes = (seconds: string) => [
  { Key: 'idle_timeout.timeout_seconds', Value: seconds },
  { Key: 'deletion_protection.enabled', Value: 'false' },
];
const moto = 'moto has no such API';

export const loadBalancer: Example = {
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  creates: 'CreateLoadBalancer',
  needs: balancerNeeds,
  properties: {
    Subnets,
    SecurityGroups: [{ Ref: 'Group' }],
    LoadBalancerAttributes: attributes('30'),
    Tags: exampleTags,
  },
  edits: {
    'a zone more': { Subnets: [...Subnets, { Ref: 'SubnetC' }] },
    'one zone for another': { Subnets: [{ Ref: 'SubnetA' }, { Ref: 'SubnetC' }] },
    'zones in the other form': {
      Subnets: undefined,
      SubnetMappings: [{ SubnetId: { Ref: 'SubnetC' } }, { SubnetId: { Ref: 'SubnetA' } }],
    },
    'another group': { SecurityGroups: [{ Ref: 'OtherGroup' }] },
    'both groups': { SecurityGroups: [{ Ref: 'OtherGroup' }, { Ref: 'Group' }] },
    'both versions of IP': { IpAddressType: 'dualstack' },
    'another value of an attribute': { LoadBalancerAttributes: attributes('90') },
    'no word on attributes': { LoadBalancerAttributes: undefined },
    ...tagEdits,
  },
  notHere: {
    EnablePrefixForIpv6SourceNat: moto,
    EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: moto,
    Ipv4IpamPoolId: moto,
    MinimumLoadBalancerCapacity: moto,
  },
  sameAs: {
    'defaults said': {
      Type: 'application',
      Scheme: 'internet-facing',
      IpAddressType: 'ipv4',
      Subnets: [...Subnets].reverse(),
      SecurityGroups: [{ Ref: 'Group' }],
      LoadBalancerAttributes: [
        { Key: 'deletion_protection.enabled', Value: false },
        { Key: 'idle_timeout.timeout_seconds', Value: 30 },
      ],
      Tags: exampleTags,
    },
  },
  async count(aws, made) {
    const { LoadBalancers = [] } = await (await aws.elbv2()).describeLoadBalancers({});
    return LoadBalancers.filter((one) => one.LoadBalancerName === made.properties.Name).length;
  },
};
