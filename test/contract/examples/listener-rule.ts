import { type Example, exampleTags, tagEdits } from './example.ts';
import {
  listenerNeeds,
  notFound,
  toBoth,
  toHttps,
  toTarget,
  toTargetInOtherWords,
} from './load-balancing.ts';

const shop = { Field: 'path-pattern', Values: ['/shop/*'] };
const host = { Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com', 'www.example.com'] } };

export const listenerRule: Example = {
  type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  creates: 'CreateRule',
  needs: {
    ...listenerNeeds,
    Listener: {
      type: 'AWS::ElasticLoadBalancingV2::Listener',
      properties: {
        LoadBalancerArn: { Ref: 'Balancer' },
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [notFound],
      },
    },
  },
  properties: {
    ListenerArn: { Ref: 'Listener' },
    Priority: 10,
    Conditions: [shop],
    Actions: [toTarget],
    Tags: exampleTags,
  },
  edits: {
    'another priority': { Priority: 20 },
    'a condition more': { Conditions: [shop, host] },
    'another condition': { Conditions: [host] },
    'by method, header, query and source': {
      Conditions: [
        { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST', 'GET'] } },
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Beta', Values: ['1'] } },
        { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'beta', Value: '1' }] } },
        { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
      ],
    },
    'a fixed answer': { Actions: [notFound] },
    'a redirect': { Actions: [toHttps] },
    'two groups by weight': { Actions: [toBoth] },
    ...tagEdits,
  },
  notHere: { Transforms: 'moto has no such API' },
  sameAs: {
    'in other words': {
      ListenerArn: { Ref: 'Listener' },
      Priority: '10',
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/shop/*'] } }],
      Actions: [toTargetInOtherWords],
      Tags: exampleTags,
    },
  },
  async count(aws, made) {
    const elb = await aws.elbv2();
    try {
      const { Rules = [] } = await elb.describeRules({ ListenerArn: String(made.properties.ListenerArn) });
      return Rules.filter((one) => !one.IsDefault).length;
    } catch {
      return 0;
    }
  },
};
