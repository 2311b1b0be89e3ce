import type { Example } from './example.ts';
import { readBucket, readBucketInOtherWords, twoRoles, writeLogs } from './iam-policies.ts';

export const rolePolicy: Example = {
  type: 'AWS::IAM::RolePolicy',
  creates: 'PutRolePolicy',
  needs: twoRoles,
  properties: { PolicyName: 'read-bucket', PolicyDocument: readBucket, RoleName: { Ref: 'Role' } },
  edits: { 'another document': { PolicyDocument: writeLogs } },
  replacing: { 'another role': { RoleName: { Ref: 'OtherRole' } } },
  sameAs: {
    'the document in other words': {
      PolicyName: 'read-bucket',
      PolicyDocument: readBucketInOtherWords,
      RoleName: { Ref: 'Role' },
    },
  },
  async count(aws, made) {
    const RoleName = String(made.properties.RoleName);
    return (await (await aws.iam()).listRolePolicies({ RoleName })).PolicyNames?.length ?? 0;
  },
};
