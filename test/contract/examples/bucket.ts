import { type Example, exampleTags, tagEdits } from './example.ts';

const kms = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const encryptedWith = (ServerSideEncryptionByDefault: Record<string, string>, BucketKeyEnabled = false) => ({
  ServerSideEncryptionConfiguration: [{ BucketKeyEnabled, ServerSideEncryptionByDefault }],
});
const expireOld = { Id: 'old', Status: 'Enabled', Prefix: 'logs/', ExpirationInDays: 30 };
const everyRule = {
  Id: 'every',
  Status: 'Enabled',
  Prefix: 'a/',
  TagFilters: [
    { Key: 'team', Value: 'shop' },
    { Key: 'kind', Value: 'log' },
  ],
  ExpirationDate: '2030-01-01T00:00:00.000Z',
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  NoncurrentVersionExpiration: { NoncurrentDays: 90 },
  NoncurrentVersionTransitions: [{ StorageClass: 'GLACIER', TransitionInDays: 30 }],
  Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 30 }],
};
const uploads = (Events: readonly string[]) => ({
  QueueConfigurations: Events.map((Event) => ({
    Event,
    Queue: 'arn:aws:sqs:eu-west-1:123456789012:uploads',
    Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.jpg' }] } },
  })),
});
const bucketArn = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const replicate = (Prefix: string) => ({
  Role: 'arn:aws:iam::123456789012:role/replication',
  Rules: [
    {
      Id: 'all',
      Status: 'Enabled',
      Priority: 1,
      Filter: { Prefix },
      DeleteMarkerReplication: { Status: 'Disabled' },
      Destination: { Bucket: bucketArn('Other'), StorageClass: 'STANDARD_IA' },
    },
  ],
});

export const bucket: Example = {
  type: 'AWS::S3::Bucket',
  creates: 'CreateBucket',
  needs: {
    Other: { type: 'AWS::S3::Bucket', properties: { VersioningConfiguration: { Status: 'Enabled' } } },
  },
  properties: {
    BucketEncryption: encryptedWith({ SSEAlgorithm: 'AES256' }),
    LifecycleConfiguration: { Rules: [expireOld] },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    Tags: exampleTags,
    VersioningConfiguration: { Status: 'Enabled' },
  },
  edits: {
    'a key of KMS': {
      BucketEncryption: encryptedWith({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kms }, true),
    },
    'no word on encryption': { BucketEncryption: undefined },
    'versions suspended': { VersioningConfiguration: { Status: 'Suspended' } },
    'no word on versions': { VersioningConfiguration: undefined },
    'public policies allowed': { PublicAccessBlockConfiguration: { BlockPublicAcls: true } },
    'no block of public access': { PublicAccessBlockConfiguration: undefined },
    'a rule of lifecycle more': { LifecycleConfiguration: { Rules: [expireOld, everyRule] } },
    'another rule of lifecycle': { LifecycleConfiguration: { Rules: [everyRule] } },
    'no lifecycle': { LifecycleConfiguration: undefined },
    'lifecycle in the older words': {
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            NoncurrentVersionExpirationInDays: 3,
            NoncurrentVersionTransition: { StorageClass: 'GLACIER', TransitionInDays: 2 },
            Transition: { StorageClass: 'Glacier', TransitionInDays: 1 },
          },
        ],
      },
    },
    owned: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] } },
    accelerated: { AccelerateConfiguration: { AccelerationStatus: 'Enabled' } },
    'open to another site': {
      CorsConfiguration: {
        CorsRules: [
          {
            Id: 'shop',
            AllowedMethods: ['GET', 'PUT'],
            AllowedOrigins: ['https://shop.example.com'],
            AllowedHeaders: ['*'],
            ExposedHeaders: ['ETag'],
            MaxAge: 600,
          },
        ],
      },
    },
    'a website': {
      WebsiteConfiguration: {
        IndexDocument: 'index.html',
        ErrorDocument: 'error.html',
        RoutingRules: [
          { RedirectRule: { ReplaceKeyWith: 'new.html' }, RoutingRuleCondition: { KeyPrefixEquals: 'old' } },
        ],
      },
    },
    'tells a queue': {
      NotificationConfiguration: uploads(['s3:ObjectCreated:Put', 's3:ObjectCreated:Post']),
    },
    'tells a function': {
      NotificationConfiguration: {
        LambdaConfigurations: [
          { Event: 's3:ObjectRemoved:*', Function: 'arn:aws:lambda:eu-west-1:123456789012:function:f' },
        ],
      },
    },
    replicated: { ReplicationConfiguration: replicate('') },
    ...tagEdits,
  },
  notHere: {
    AbacStatus: 'moto has no such API',
    AccessControl: 'S3 keeps grants and never names the canned list again: it is compared with the record',
    AnalyticsConfigurations: 'moto has no such API; test/provider/aws/s3 tries the mapping',
    IntelligentTieringConfigurations: 'the same',
    InventoryConfigurations: 'moto cannot delete one; test/provider/aws/s3 tries the mapping',
    LoggingConfiguration:
      'moto wants an access list for log delivery on the target; test/provider/aws/s3 tries it',
    MetricsConfigurations: 'moto has no such API; test/provider/aws/s3 tries the mapping',
    ObjectLockConfiguration:
      'wants a bucket with locks, which keeps them for ever; test/provider/aws/s3 tries it',
  },
  sameAs: {
    'in other words': {
      AccessControl: 'Private',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: { Rules: [{ ...expireOld, ExpirationInDays: '30', TagFilters: [] }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: 'true',
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      Tags: exampleTags,
      VersioningConfiguration: { Status: 'Enabled' },
    },
  },
  async count(aws, made) {
    const { Buckets = [] } = await (await aws.s3()).listBuckets({});
    return Buckets.filter((one) => one.Name === made.physicalId).length;
  },
};
