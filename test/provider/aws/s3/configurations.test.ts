/** Settings whose APIs moto lacks: what is sent is S3's own form, and what S3 answers comes back as it was given. */
import type { S3 } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { Value } from '../../../../src/base/value.ts';
import {
  analytics,
  intelligentTiering,
  inventories,
  metrics,
} from '../../../../src/provider/aws/s3/configurations.ts';
import type { BucketSetting } from '../../../../src/provider/aws/s3/setting.ts';

const tag = (Key: string) => ({ Key, Value: 'x' });

test.each<[string, BucketSetting, Value, object]>([
  ['metrics of everything', metrics, { Id: 'm' }, { Id: 'm' }],
  ['metrics of one prefix', metrics, { Id: 'm', Prefix: 'a/' }, { Id: 'm', Filter: { Prefix: 'a/' } }],
  [
    'metrics of one tag',
    metrics,
    { Id: 'm', TagFilters: [tag('a')] },
    { Id: 'm', Filter: { Tag: tag('a') } },
  ],
  [
    'metrics of a prefix and tags',
    metrics,
    { Id: 'm', Prefix: 'a/', TagFilters: [tag('a'), tag('b')] },
    { Id: 'm', Filter: { And: { Prefix: 'a/', Tags: [tag('a'), tag('b')] } } },
  ],
  [
    'tiering',
    intelligentTiering,
    { Id: 't', Status: 'Enabled', Prefix: 'a/', Tierings: [{ AccessTier: 'ARCHIVE_ACCESS', Days: 90 }] },
    {
      Id: 't',
      Status: 'Enabled',
      Filter: { Prefix: 'a/' },
      Tierings: [{ AccessTier: 'ARCHIVE_ACCESS', Days: 90 }],
    },
  ],
  [
    'analytics without an export',
    analytics,
    { Id: 'a', StorageClassAnalysis: {} },
    { Id: 'a', StorageClassAnalysis: {} },
  ],
  [
    'analytics with an export',
    analytics,
    {
      Id: 'a',
      StorageClassAnalysis: {
        DataExport: {
          OutputSchemaVersion: 'V_1',
          Destination: { BucketArn: 'arn:aws:s3:::r', BucketAccountId: '1', Format: 'CSV' },
        },
      },
    },
    {
      Id: 'a',
      StorageClassAnalysis: {
        DataExport: {
          OutputSchemaVersion: 'V_1',
          Destination: {
            S3BucketDestination: { Bucket: 'arn:aws:s3:::r', BucketAccountId: '1', Format: 'CSV' },
          },
        },
      },
    },
  ],
  [
    'an inventory',
    inventories,
    {
      Id: 'i',
      Enabled: true,
      IncludedObjectVersions: 'Current',
      OptionalFields: ['ETag', 'Size'],
      Prefix: 'a/',
      ScheduleFrequency: 'Weekly',
      Destination: { BucketArn: 'arn:aws:s3:::r', BucketAccountId: '1', Format: 'ORC', Prefix: 'p' },
    },
    {
      Id: 'i',
      IsEnabled: true,
      IncludedObjectVersions: 'Current',
      OptionalFields: ['ETag', 'Size'],
      Filter: { Prefix: 'a/' },
      Schedule: { Frequency: 'Weekly' },
      Destination: {
        S3BucketDestination: { Bucket: 'arn:aws:s3:::r', AccountId: '1', Format: 'ORC', Prefix: 'p' },
      },
    },
  ],
])('%s', async (_name, setting, given, theirs) => {
  const { s3, stored } = keeper();
  const wanted = setting.canonical!([given]);
  await setting.put(s3, 'b', wanted, undefined);
  expect([...stored.values()]).toEqual([theirs]);
  expect(await setting.get(s3, 'b')).toEqual(wanted);

  // One for another: the new one is put, the old one deleted.
  const other = setting.canonical!([{ ...(given as object), Id: 'other' }]);
  await setting.put(s3, 'b', other, wanted);
  expect([...stored.keys()]).toEqual(['other']);
  await setting.remove(s3, 'b', other);
  expect(await setting.get(s3, 'b')).toBeUndefined();
});

/** Keeps configurations by id and lists them one a page, whatever their kind is. */
function keeper() {
  const stored = new Map<string, object>();
  const s3 = new Proxy({} as S3, {
    get: (_target, call: string) => async (input: Record<string, unknown>) => {
      const kind = call.replace(/^(put|list|delete)Bucket|s$/g, '');
      const id = String(input.Id);
      if (call.startsWith('put')) stored.set(id, input[kind] as object);
      else if (call.startsWith('delete')) stored.delete(id);
      else {
        const all = [...stored.values()];
        const at = Number(input.ContinuationToken ?? 0);
        const next = at + 1 < all.length ? String(at + 1) : undefined;
        return { [`${kind}List`]: all.slice(at, at + 1), NextContinuationToken: next };
      }
      return {};
    },
  });
  return { s3, stored };
}
