/** Roles and documents that the examples of policies share. */
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

export const twoRoles = {
  Role: { type: 'AWS::IAM::Role', properties: { AssumeRolePolicyDocument: trust } },
  OtherRole: { type: 'AWS::IAM::Role', properties: { AssumeRolePolicyDocument: trust } },
} as const;

export const readBucket = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetObject'], Resource: ['*'] }],
};

export const readBucketInOtherWords = {
  Version: '2012-10-17',
  Statement: { Resource: '*', Action: ['s3:GetObject', 's3:ListBucket'], Effect: 'Allow' },
};

export const writeLogs = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' }],
};
