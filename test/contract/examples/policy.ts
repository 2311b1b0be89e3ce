import type { Example } from './example.ts';
import { readBucket, readBucketInOtherWords, twoRoles, writeLogs } from './iam-policies.ts';

export const policy: Example = {
  type: 'AWS::IAM::Policy',
  creates: 'PutRolePolicy',
  needs: twoRoles,
  properties: { PolicyName: 'read-bucket', PolicyDocument: readBucket, Roles: [{ Ref: 'Role' }] },
  edits: {
    'another document': { PolicyDocument: writeLogs },
    'another name': { PolicyName: 'read-everything' },
    'another name and document': { PolicyName: 'logs', PolicyDocument: writeLogs },
    'a role more': { Roles: [{ Ref: 'OtherRole' }, { Ref: 'Role' }] },
    'one role for another': { Roles: [{ Ref: 'OtherRole' }] },
  },
  notHere: {
    Groups: 'no type of ours makes a group; test/provider/aws/iam/standalone-policies.test.ts tries it',
    Users: 'the same',
  },
  sameAs: {
    'the document in other words': {
      PolicyName: 'read-bucket',
      PolicyDocument: JSON.stringify(readBucketInOtherWords),
      Roles: [{ Ref: 'Role' }],
      Users: [],
    },
  },
  async count(aws, made) {
    const iam = await aws.iam();
    const names = await Promise.all(
      (made.properties.Roles as string[]).map((RoleName) => iam.listRolePolicies({ RoleName })),
    );
    return names.flatMap((one) => one.PolicyNames ?? []).length;
  },
};
