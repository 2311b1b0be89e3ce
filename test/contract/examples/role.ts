import { type Example, exampleTags, tagEdits } from './example.ts';

const trust = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: [service] }, Action: ['sts:AssumeRole'] }],
});
const readBucket = {
  PolicyName: 'read-bucket',
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetObject'], Resource: ['*'] }],
  },
};
const writeLogs = {
  PolicyName: 'write-logs',
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' }],
  },
};
const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;

export const role: Example = {
  type: 'AWS::IAM::Role',
  creates: 'CreateRole',
  properties: {
    AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
    Description: 'example',
    ManagedPolicyArns: [managed('AmazonSSMManagedInstanceCore')],
    Policies: [readBucket],
    Tags: exampleTags,
  },
  edits: {
    'trusts another': { AssumeRolePolicyDocument: trust('lambda.amazonaws.com') },
    'another description': { Description: 'other' },
    'no description': { Description: undefined },
    'longer sessions': { MaxSessionDuration: 7200 },
    'another managed policy': { ManagedPolicyArns: [managed('ReadOnlyAccess')] },
    'no managed policy': { ManagedPolicyArns: undefined },
    'an inline policy more': { Policies: [writeLogs, readBucket] },
    'one inline policy for another': { Policies: [writeLogs] },
    'another text of an inline policy': { Policies: [{ ...writeLogs, PolicyName: 'read-bucket' }] },
    'no inline policy': { Policies: undefined },
    'a boundary': { PermissionsBoundary: managed('PowerUserAccess') },
    ...tagEdits,
  },
  sameAs: {
    'policies in other words': {
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      }),
      Description: 'example',
      ManagedPolicyArns: [managed('AmazonSSMManagedInstanceCore')],
      MaxSessionDuration: '3600',
      Path: '/',
      Policies: [
        {
          PolicyName: 'read-bucket',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: { Resource: '*', Action: ['s3:GetObject', 's3:ListBucket'], Effect: 'Allow' },
          },
        },
      ],
      Tags: exampleTags,
    },
  },
  async count(aws, made) {
    const { Roles = [] } = await (await aws.iam()).listRoles({});
    return Roles.filter((one) => one.RoleName === made.physicalId).length;
  },
};
