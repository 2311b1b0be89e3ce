/**
 * The resource types that Slipway knows. Adding one of AWS's touches its own file and a line here; then `npm run
 * generate` brings its published schema in. One of Vault's has its schema in its own file, and a line in vault/schemas.ts.
 */
import { SlipwayError } from '../base/error.ts';
import { nearest } from '../base/suggest.ts';
import { autoScalingGroup } from './aws/auto-scaling/auto-scaling-group.ts';
import { launchConfiguration } from './aws/auto-scaling/launch-configuration.ts';
import { scalingPolicy } from './aws/auto-scaling/scaling-policy.ts';
import { dhcpOptions } from './aws/ec2/dhcp-options.ts';
import { egressOnlyInternetGateway } from './aws/ec2/egress-only-internet-gateway.ts';
import { eip } from './aws/ec2/eip.ts';
import { eipAssociation } from './aws/ec2/eip-association.ts';
import { flowLog } from './aws/ec2/flow-log.ts';
import { gatewayRouteTableAssociation } from './aws/ec2/gateway-route-table-association.ts';
import { instance } from './aws/ec2/instance.ts';
import { internetGateway } from './aws/ec2/internet-gateway.ts';
import { keyPair } from './aws/ec2/key-pair.ts';
import { launchTemplate } from './aws/ec2/launch-template.ts';
import { natGateway } from './aws/ec2/nat-gateway.ts';
import { networkAcl } from './aws/ec2/network-acl.ts';
import { networkAclEntry } from './aws/ec2/network-acl-entry.ts';
import { networkInterface } from './aws/ec2/network-interface.ts';
import { networkInterfaceAttachment } from './aws/ec2/network-interface-attachment.ts';
import { placementGroup } from './aws/ec2/placement-group.ts';
import { prefixList } from './aws/ec2/prefix-list.ts';
import { route } from './aws/ec2/route.ts';
import { routeTable } from './aws/ec2/route-table.ts';
import { securityGroup } from './aws/ec2/security-group.ts';
import { securityGroupEgress } from './aws/ec2/security-group-egress.ts';
import { securityGroupIngress } from './aws/ec2/security-group-ingress.ts';
import { subnet } from './aws/ec2/subnet.ts';
import { subnetCidrBlock } from './aws/ec2/subnet-cidr-block.ts';
import { subnetNetworkAclAssociation } from './aws/ec2/subnet-network-acl-association.ts';
import { subnetRouteTableAssociation } from './aws/ec2/subnet-route-table-association.ts';
import { volume } from './aws/ec2/volume.ts';
import { volumeAttachment } from './aws/ec2/volume-attachment.ts';
import { vpc } from './aws/ec2/vpc.ts';
import { vpcCidrBlock } from './aws/ec2/vpc-cidr-block.ts';
import { vpcDhcpOptionsAssociation } from './aws/ec2/vpc-dhcp-options-association.ts';
import { vpcEndpoint } from './aws/ec2/vpc-endpoint.ts';
import { vpcGatewayAttachment } from './aws/ec2/vpc-gateway-attachment.ts';
import { vpcPeeringConnection } from './aws/ec2/vpc-peering-connection.ts';
import { listener } from './aws/elbv2/listener.ts';
import { listenerRule } from './aws/elbv2/listener-rule.ts';
import { loadBalancer } from './aws/elbv2/load-balancer.ts';
import { targetGroup } from './aws/elbv2/target-group.ts';
import { instanceProfile } from './aws/iam/instance-profile.ts';
import { managedPolicy } from './aws/iam/managed-policy.ts';
import { policy } from './aws/iam/policy.ts';
import { role } from './aws/iam/role.ts';
import { rolePolicy } from './aws/iam/role-policy.ts';
import { logGroup } from './aws/logs/log-group.ts';
import { bucket } from './aws/s3/bucket.ts';
import { bucketPolicy } from './aws/s3/bucket-policy.ts';
import { parameter } from './aws/ssm/parameter.ts';
import type { ResourceType } from './provider.ts';
import { operators } from './slipway/access/operators.ts';
import { appRole } from './vault/app-role.ts';
import { audit } from './vault/audit.ts';
import { databaseConnection } from './vault/database-connection.ts';
import { databaseRole } from './vault/database-role.ts';
import { databaseStaticRole } from './vault/database-static-role.ts';
import { kvSecret } from './vault/kv-secret.ts';
import { pkiCertificate } from './vault/pki-certificate.ts';
import { pkiRole } from './vault/pki-role.ts';
import { policy as vaultPolicy } from './vault/policy.ts';
import { sshCa } from './vault/ssh-ca.ts';
import { sshRole } from './vault/ssh-role.ts';
import { transitKey } from './vault/transit-key.ts';

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export const registry: ResourceTypes = {
  'AWS::AutoScaling::AutoScalingGroup': autoScalingGroup,
  'AWS::AutoScaling::LaunchConfiguration': launchConfiguration,
  'AWS::AutoScaling::ScalingPolicy': scalingPolicy,
  'AWS::EC2::DHCPOptions': dhcpOptions,
  'AWS::EC2::EIP': eip,
  'AWS::EC2::EIPAssociation': eipAssociation,
  'AWS::EC2::EgressOnlyInternetGateway': egressOnlyInternetGateway,
  'AWS::EC2::FlowLog': flowLog,
  'AWS::EC2::GatewayRouteTableAssociation': gatewayRouteTableAssociation,
  'AWS::EC2::Instance': instance,
  'AWS::EC2::InternetGateway': internetGateway,
  'AWS::EC2::KeyPair': keyPair,
  'AWS::EC2::LaunchTemplate': launchTemplate,
  'AWS::EC2::NatGateway': natGateway,
  'AWS::EC2::NetworkAcl': networkAcl,
  'AWS::EC2::NetworkAclEntry': networkAclEntry,
  'AWS::EC2::NetworkInterface': networkInterface,
  'AWS::EC2::NetworkInterfaceAttachment': networkInterfaceAttachment,
  'AWS::EC2::PlacementGroup': placementGroup,
  'AWS::EC2::PrefixList': prefixList,
  'AWS::EC2::Route': route,
  'AWS::EC2::RouteTable': routeTable,
  'AWS::EC2::SecurityGroup': securityGroup,
  'AWS::EC2::SecurityGroupEgress': securityGroupEgress,
  'AWS::EC2::SecurityGroupIngress': securityGroupIngress,
  'AWS::EC2::Subnet': subnet,
  'AWS::EC2::SubnetCidrBlock': subnetCidrBlock,
  'AWS::EC2::SubnetNetworkAclAssociation': subnetNetworkAclAssociation,
  'AWS::EC2::SubnetRouteTableAssociation': subnetRouteTableAssociation,
  'AWS::EC2::VPC': vpc,
  'AWS::EC2::VPCCidrBlock': vpcCidrBlock,
  'AWS::EC2::VPCDHCPOptionsAssociation': vpcDhcpOptionsAssociation,
  'AWS::EC2::VPCEndpoint': vpcEndpoint,
  'AWS::EC2::VPCGatewayAttachment': vpcGatewayAttachment,
  'AWS::EC2::VPCPeeringConnection': vpcPeeringConnection,
  'AWS::EC2::Volume': volume,
  'AWS::EC2::VolumeAttachment': volumeAttachment,
  'AWS::ElasticLoadBalancingV2::Listener': listener,
  'AWS::ElasticLoadBalancingV2::ListenerRule': listenerRule,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancer,
  'AWS::ElasticLoadBalancingV2::TargetGroup': targetGroup,
  'AWS::IAM::InstanceProfile': instanceProfile,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::Role': role,
  'AWS::IAM::RolePolicy': rolePolicy,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::SSM::Parameter': parameter,
  'Slipway::Access::Operators': operators,
  'Vault::AppRole': appRole,
  'Vault::Audit': audit,
  'Vault::Database::Connection': databaseConnection,
  'Vault::Database::Role': databaseRole,
  'Vault::Database::StaticRole': databaseStaticRole,
  'Vault::KV::Secret': kvSecret,
  'Vault::PKI::Certificate': pkiCertificate,
  'Vault::PKI::Role': pkiRole,
  'Vault::Policy': vaultPolicy,
  'Vault::SSH::CA': sshCa,
  'Vault::SSH::Role': sshRole,
  'Vault::Transit::Key': transitKey,
};

/**
 * The type with this name.
 *
 * @throws SlipwayError `template-unknown-type` with the nearest known name
 */
export function resourceType(name: string, types: ResourceTypes = registry): ResourceType {
  const found = Object.hasOwn(types, name) ? types[name] : undefined;
  if (found !== undefined) return found;
  const near = nearest(name, Object.keys(types));
  throw new SlipwayError('template-unknown-type', {
    summary: `There is no resource type ${name}`,
    remedy: near === undefined ? 'Slipway does not support it yet.' : `Did you mean ${near}?`,
  });
}

/** Slipway's types and an operator's own. One of the operator's takes the place of Slipway's of the same name. */
export function withTypes(extra: readonly ResourceType[]): ResourceTypes {
  return { ...registry, ...Object.fromEntries(extra.map((type) => [type.type, type])) };
}
