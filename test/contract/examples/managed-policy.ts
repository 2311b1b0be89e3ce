import type { Example } from './example.ts';
import { readBucket, readBucketInOtherWords, twoRoles, writeLogs } from './iam-policies.ts';

export const managedPolicy: Example = {
  type: 'AWS::IAM::ManagedPolicy',
  creates: 'CreatePolicy',
  needs: twoRoles,
  properties: { Description: 'example', PolicyDocument: readBucket, Roles: [{ Ref: 'Role' }] },
  edits: {
    'another document': { PolicyDocument: writeLogs },
    'a role more': { Roles: [{ Ref: 'OtherRole' }, { Ref: 'Role' }] },
    'one role for another': { Roles: [{ Ref: 'OtherRole' }] },
    'attached to nobody': { Roles: undefined },
  },
  replacing: { 'another path': { Path: '/shop/' }, 'another description': { Description: 'other' } },
  notHere: {
    Groups: 'no type of ours makes a group; test/provider/aws/iam/standalone-policies.test.ts tries it',
    Users: 'the same',
  },
  sameAs: {
    'the document in other words': {
      Description: 'example',
      Path: '/',
      PolicyDocument: JSON.stringify(readBucketInOtherWords),
      Roles: [{ Ref: 'Role' }],
      Groups: [],
    },
  },
  async count(aws, made) {
    const { Policies = [] } = await (await aws.iam()).listPolicies({ Scope: 'Local' });
    return Policies.filter((one) => one.Arn === made.physicalId).length;
  },
};
