import { type Example, exampleTags, tagEdits } from './example.ts';

const moto = 'moto has no such API';

export const logGroup: Example = {
  type: 'AWS::Logs::LogGroup',
  creates: 'CreateLogGroup',
  properties: { RetentionInDays: 30, Tags: exampleTags },
  edits: {
    'kept longer': { RetentionInDays: 365 },
    'kept for ever': { RetentionInDays: undefined },
    ...tagEdits,
  },
  replacing: { 'another class': { LogGroupClass: 'INFREQUENT_ACCESS' } },
  notHere: {
    BearerTokenAuthenticationEnabled: moto,
    DataProtectionPolicy: moto,
    DeletionProtectionEnabled: moto,
    FieldIndexPolicies: moto,
    KmsKeyId: 'moto takes one in the create only',
  },
  sameAs: {
    'defaults said': {
      RetentionInDays: '30',
      LogGroupClass: 'STANDARD',
      DeletionProtectionEnabled: 'false',
      Tags: exampleTags,
    },
  },
  async count(aws, made) {
    const logs = await aws.logs();
    const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: made.physicalId });
    return logGroups.length;
  },
};
