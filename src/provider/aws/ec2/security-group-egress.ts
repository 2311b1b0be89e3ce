import { securityGroupRuleType } from './security-group-rule.ts';

export const securityGroupEgress = securityGroupRuleType('AWS::EC2::SecurityGroupEgress', 'egress', []);
