import { type Example, exampleTags, tagEdits } from './example.ts';
import {
  listenerNeeds,
  notFound,
  toBoth,
  toHttps,
  toTarget,
  toTargetInOtherWords,
} from './load-balancing.ts';

export const listener: Example = {
  type: 'AWS::ElasticLoadBalancingV2::Listener',
  creates: 'CreateListener',
  needs: listenerNeeds,
  properties: {
    LoadBalancerArn: { Ref: 'Balancer' },
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [toTarget],
    Tags: exampleTags,
  },
  edits: {
    'another port': { Port: 8080 },
    'a fixed answer': { DefaultActions: [notFound] },
    'a redirect': { DefaultActions: [toHttps] },
    'two groups by weight': { DefaultActions: [toBoth] },
    'an attribute': { ListenerAttributes: [{ Key: 'tcp.idle_timeout.seconds', Value: '400' }] },
    ...tagEdits,
  },
  notHere: {
    AlpnPolicy: 'for TLS listeners of network load balancers, which want a certificate',
    Certificates: 'no type of ours makes a certificate',
    MutualAuthentication: 'moto has no such API',
    Protocol: 'HTTPS wants a certificate',
    SslPolicy: 'the same',
  },
  sameAs: {
    'the action in other words': {
      LoadBalancerArn: { Ref: 'Balancer' },
      Port: '80',
      Protocol: 'HTTP',
      DefaultActions: [toTargetInOtherWords],
      Tags: exampleTags,
    },
  },
  async count(aws, made) {
    const elb = await aws.elbv2();
    const LoadBalancerArn = String(made.properties.LoadBalancerArn);
    return (await elb.describeListeners({ LoadBalancerArn })).Listeners?.length ?? 0;
  },
};
