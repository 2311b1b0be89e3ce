import { securityGroupRuleType } from './security-group-rule.ts';

// By name only groups of the default VPC can be meant; the answer has ids.
export const securityGroupIngress = securityGroupRuleType('AWS::EC2::SecurityGroupIngress', 'ingress', [
  'GroupName',
  'SourceSecurityGroupName',
]);
