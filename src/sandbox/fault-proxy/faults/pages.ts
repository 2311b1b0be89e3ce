import { createHash } from 'node:crypto';
import { type Answer, errorAnswer, isSuccess, withBody } from '../answer.ts';
import { type Call, ec2Call } from '../call.ts';
import { child, leaf, parseXml, writeXml } from '../xml.ts';
import type { Fault } from './fault.ts';

export interface PagesSettings {
  /** Items on a page; five by default, which is the least that EC2 lets a client ask for. */
  readonly size?: number;
}

/**
 * Answers EC2's Describe calls in pages, also to clients that did not ask for any: what they miss is what
 * they would miss in a large account. moto pages DescribeInstances alone.
 */
export const pages: Fault<PagesSettings> = {
  create: ({ size = 5 }) => ({
    matched: async (call, next) => {
      const list = call.protocol === 'ec2' ? LISTS[call.action] : undefined;
      // A call that names ids gets them all; most actions refuse MaxResults beside ids.
      if (list === undefined || namesIds(call)) return next(call);
      const { MaxResults: asked, NextToken: token, ...parameters } = call.parameters;
      const query = fingerprint(call.action, parameters);
      const from = token === undefined ? 0 : readToken(token, query);
      if (from === undefined) return invalidToken(call, token);

      const answer = await next(ec2Call(call, call.action, parameters));
      if (!isSuccess(answer)) return answer;
      return onePage(answer, list, from, Math.min(size, Number(asked ?? size)), query);
    },
  }),
};

/** From the action to the element that holds its list, for the actions that take MaxResults and NextToken. */
const LISTS: Readonly<Record<string, string>> = {
  DescribeDhcpOptions: 'dhcpOptionsSet',
  DescribeEgressOnlyInternetGateways: 'egressOnlyInternetGatewaySet',
  DescribeIamInstanceProfileAssociations: 'iamInstanceProfileAssociationSet',
  DescribeImages: 'imagesSet',
  DescribeInstanceStatus: 'instanceStatusSet',
  DescribeInstanceTypes: 'instanceTypeSet',
  DescribeInstances: 'reservationSet',
  DescribeInternetGateways: 'internetGatewaySet',
  DescribeLaunchTemplates: 'launchTemplates',
  DescribeNatGateways: 'natGatewaySet',
  DescribeNetworkAcls: 'networkAclSet',
  DescribeNetworkInterfaces: 'networkInterfaceSet',
  DescribeRouteTables: 'routeTableSet',
  DescribeSecurityGroupRules: 'securityGroupRuleSet',
  DescribeSecurityGroups: 'securityGroupInfo',
  DescribeSnapshots: 'snapshotSet',
  DescribeSubnets: 'subnetSet',
  DescribeTags: 'tagSet',
  DescribeVolumes: 'volumeSet',
  DescribeVpcEndpoints: 'vpcEndpointSet',
  DescribeVpcPeeringConnections: 'vpcPeeringConnectionSet',
  DescribeVpcs: 'vpcSet',
};

function namesIds(call: Call): boolean {
  return Object.keys(call.parameters).some((name) => /^\w+Ids?\.\d+$/.test(name));
}

function onePage(answer: Answer, list: string, from: number, length: number, query: string): Answer {
  const root = parseXml(answer.body.toString('utf8'));
  const items = child(root, list);
  if (items === undefined) return answer;
  const total = items.children.length;
  items.children = items.children.slice(from, from + length);
  root.children = root.children.filter((element) => element.name !== 'nextToken');
  if (from + length < total) root.children.push(leaf('nextToken', writeToken(from + length, query)));
  return withBody(answer, writeXml(root));
}

function invalidToken(call: Call, token: string | undefined): Answer {
  const message = `The token '${token}' is not one that this call gave`;
  return errorAnswer(call, { status: 400, code: 'InvalidNextToken', message });
}

/** A token holds for the query that gave it, as EC2's do. */
function writeToken(offset: number, query: string): string {
  return Buffer.from(`${offset} ${query}`).toString('base64url');
}

function readToken(token: string, query: string): number | undefined {
  const [offset, from] = Buffer.from(token, 'base64url').toString('utf8').split(' ');
  return from === query && Number.isInteger(Number(offset)) ? Number(offset) : undefined;
}

function fingerprint(action: string, parameters: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([action, sorted]))
    .digest('hex')
    .slice(0, 16);
}
