import type { Example } from './example.ts';

const allow = (Action: readonly string[] | string, Principal: Record<string, string>) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action, Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] } }],
});

export const bucketPolicy: Example = {
  type: 'AWS::S3::BucketPolicy',
  creates: 'PutBucketPolicy',
  needs: {
    Bucket: { type: 'AWS::S3::Bucket', properties: {} },
    Other: { type: 'AWS::S3::Bucket', properties: {} },
  },
  properties: {
    Bucket: { Ref: 'Bucket' },
    PolicyDocument: allow(['s3:ListBucket', 's3:GetBucketLocation'], { AWS: '111122223333' }),
  },
  edits: {
    'another document': { PolicyDocument: allow('s3:ListBucket', { Service: 'logging.s3.amazonaws.com' }) },
  },
  replacing: { 'another bucket': { Bucket: { Ref: 'Other' } } },
  sameAs: {
    'the account by its root': {
      Bucket: { Ref: 'Bucket' },
      PolicyDocument: allow(['s3:GetBucketLocation', 's3:ListBucket'], {
        AWS: 'arn:aws:iam::111122223333:root',
      }),
    },
  },
  async count(aws, made) {
    try {
      await (await aws.s3()).getBucketPolicy({ Bucket: made.physicalId });
      return 1;
    } catch {
      return 0;
    }
  },
};
