import { autoScalingGroup } from './auto-scaling-group.ts';
import { bucket } from './bucket.ts';
import { bucketPolicy } from './bucket-policy.ts';
import { dhcpOptions } from './dhcp-options.ts';
import { egressOnlyInternetGateway } from './egress-only-internet-gateway.ts';
import { eip } from './eip.ts';
import { eipAssociation } from './eip-association.ts';
import type { Example } from './example.ts';
import { flowLog } from './flow-log.ts';
import { gatewayRouteTableAssociation } from './gateway-route-table-association.ts';
import { instance } from './instance.ts';
import { instanceProfile } from './instance-profile.ts';
import { internetGateway } from './internet-gateway.ts';
import { keyPair } from './key-pair.ts';
import { launchConfiguration } from './launch-configuration.ts';
import { launchTemplate } from './launch-template.ts';
import { listener } from './listener.ts';
import { listenerRule } from './listener-rule.ts';
import { loadBalancer } from './load-balancer.ts';
import { logGroup } from './log-group.ts';
import { managedPolicy } from './managed-policy.ts';
import { natGateway } from './nat-gateway.ts';
import { networkAcl } from './network-acl.ts';
import { networkAclEntry } from './network-acl-entry.ts';
import { networkInterface } from './network-interface.ts';
import { networkInterfaceAttachment } from './network-interface-attachment.ts';
import { parameter } from './parameter.ts';
import { placementGroup } from './placement-group.ts';
import { policy } from './policy.ts';
import { prefixList } from './prefix-list.ts';
import { role } from './role.ts';
import { rolePolicy } from './role-policy.ts';
import { route } from './route.ts';
import { routeTable } from './route-table.ts';
import { scalingPolicy } from './scaling-policy.ts';
import { securityGroup } from './security-group.ts';
import { securityGroupEgress } from './security-group-egress.ts';
import { securityGroupIngress } from './security-group-ingress.ts';
import { subnet } from './subnet.ts';
import { subnetCidrBlock } from './subnet-cidr-block.ts';
import { subnetNetworkAclAssociation } from './subnet-network-acl-association.ts';
import { subnetRouteTableAssociation } from './subnet-route-table-association.ts';
import { targetGroup } from './target-group.ts';
import { volume } from './volume.ts';
import { volumeAttachment } from './volume-attachment.ts';
import { vpc } from './vpc.ts';
import { vpcCidrBlock } from './vpc-cidr-block.ts';
import { vpcDhcpOptionsAssociation } from './vpc-dhcp-options-association.ts';
import { vpcEndpoint } from './vpc-endpoint.ts';
import { vpcGatewayAttachment } from './vpc-gateway-attachment.ts';
import { vpcPeeringConnection } from './vpc-peering-connection.ts';

export const examples: readonly Example[] = [
  vpc,
  subnet,
  internetGateway,
  vpcGatewayAttachment,
  routeTable,
  route,
  subnetRouteTableAssociation,
  securityGroup,
  role,
  instanceProfile,
  instance,
  volume,
  launchTemplate,
  managedPolicy,
  policy,
  rolePolicy,
  eip,
  eipAssociation,
  egressOnlyInternetGateway,
  natGateway,
  vpcCidrBlock,
  subnetCidrBlock,
  bucket,
  bucketPolicy,
  securityGroupIngress,
  securityGroupEgress,
  volumeAttachment,
  networkInterface,
  networkInterfaceAttachment,
  networkAcl,
  networkAclEntry,
  subnetNetworkAclAssociation,
  logGroup,
  vpcEndpoint,
  keyPair,
  parameter,
  dhcpOptions,
  vpcDhcpOptionsAssociation,
  flowLog,
  gatewayRouteTableAssociation,
  launchConfiguration,
  autoScalingGroup,
  scalingPolicy,
  prefixList,
  vpcPeeringConnection,
  loadBalancer,
  targetGroup,
  listener,
  listenerRule,
  placementGroup,
];
