import type { Example } from './example.ts';

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

export const instanceProfile: Example = {
  type: 'AWS::IAM::InstanceProfile',
  creates: 'CreateInstanceProfile',
  needs: {
    Role: { type: 'AWS::IAM::Role', properties: { AssumeRolePolicyDocument: trust } },
    OtherRole: { type: 'AWS::IAM::Role', properties: { AssumeRolePolicyDocument: trust } },
  },
  properties: { Roles: [{ Ref: 'Role' }] },
  edits: { 'another role': { Roles: [{ Ref: 'OtherRole' }] } },
  sameAs: { 'the default path said': { Roles: [{ Ref: 'Role' }], Path: '/' } },
  async count(aws, made) {
    const { InstanceProfiles = [] } = await (await aws.iam()).listInstanceProfiles({});
    return InstanceProfiles.filter((one) => one.InstanceProfileName === made.physicalId).length;
  },
};
