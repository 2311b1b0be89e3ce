import { afterAll, expect, test } from 'vitest';
import type { Properties } from '../../../../src/base/value.ts';
import { openAws } from '../../../../src/provider/aws/open-aws.ts';
import { registry } from '../../../../src/provider/registry.ts';
import { typeSchemas } from '../../../../src/provider/schemas.ts';
import { quickClock } from '../../../contract/quick-clock.ts';
import {
  contextOf,
  create,
  type Made,
  plan,
  readBy,
  remove,
  update,
  type Workbench,
} from '../../../contract/workbench.ts';
import { awsClientConfig, describeWithServices } from '../../../services.ts';

const nothing = { action: 'none', differences: [], drift: [] };

await describeWithServices('buckets', ['moto'], async ({ moto }) => {
  const aws = openAws(awsClientConfig(moto));
  const bench: Workbench = {
    types: registry,
    schemas: typeSchemas,
    context: contextOf(aws, quickClock(), 'acme/shop:infra/buckets.yaml@test'),
  };
  const s3 = await aws.s3();
  afterAll(() => aws.destroy());
  const make = (properties: Properties) => create(bench, 'Photos', 'AWS::S3::Bucket', properties);
  const edit = async (made: Made, properties: Properties) =>
    update(bench, made, (await readBy(bench, 'stack', made))!, properties);

  test('a name is made up in the form that S3 takes', async () => {
    const made = await make({});
    expect(made.live.physicalId).toMatch(/^buckets-test-photos-[a-z2-7]{12}$/);
    await remove(bench, made);
  });

  test('one that holds something is not deleted, and the error says what to do', async () => {
    const made = await make({});
    const object = { Bucket: made.live.physicalId, Key: 'cat.jpg' };
    await s3.putObject({ ...object, Body: 'cat' });
    await expect(remove(bench, made)).rejects.toMatchObject({
      code: 'cloud-in-use',
      problem: {
        summary: `bucket ${made.live.physicalId} is not empty and cannot be deleted`,
        remedy: expect.stringContaining('Delete its objects'),
      },
    });
    await s3.deleteObject(object);
    await remove(bench, made);
  });

  test('a name of the template that is taken already is not taken over', async () => {
    const properties = { BucketName: 'acme-photos' };
    const first = await make(properties);
    await expect(make(properties)).rejects.toMatchObject({ code: 'cloud-refused' });
    await remove(bench, first);
  });

  test('locks for new objects come and go', async () => {
    const locked = {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 7 } },
      },
    };
    const longer = {
      ...locked,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
      },
    };
    const made = await make(locked);
    expect(await plan(bench, made, locked)).toMatchObject(nothing);
    expect((await plan(bench, made, longer)).action).toBe('update');
    const edited = await edit(made, longer);
    expect(await plan(bench, edited, longer)).toMatchObject(nothing);
    await remove(bench, edited);
  });

  test('logs go to another bucket', async () => {
    const target = await create(bench, 'Logs', 'AWS::S3::Bucket', {
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
      AccessControl: 'LogDeliveryWrite',
    });
    const logged = (LogFilePrefix: string) => ({
      LoggingConfiguration: { DestinationBucketName: target.live.physicalId, LogFilePrefix },
    });
    const made = await make(logged('a/'));
    expect(await plan(bench, made, logged('a/'))).toMatchObject(nothing);
    const edited = await edit(made, logged('b/'));
    expect(await plan(bench, edited, logged('b/'))).toMatchObject(nothing);
    const bare = await edit(edited, {});
    expect((await s3.getBucketLogging({ Bucket: bare.live.physicalId })).LoggingEnabled).toBeUndefined();
    await remove(bench, bare);
    const Bucket = target.live.physicalId;
    const { Contents = [] } = await s3.listObjectsV2({ Bucket });
    for (const { Key } of Contents) await s3.deleteObject({ Bucket, Key });
    await remove(bench, target);
  });

  test('an inventory is listed as it was asked for', async () => {
    const inventory = {
      InventoryConfigurations: [
        {
          Id: 'all',
          Enabled: true,
          IncludedObjectVersions: 'All',
          ScheduleFrequency: 'Daily',
          Destination: { BucketArn: 'arn:aws:s3:::acme-reports', Format: 'CSV', Prefix: 'reports' },
        },
      ],
    };
    const made = await make(inventory);
    expect(await plan(bench, made, inventory)).toMatchObject(nothing);
    await remove(bench, made);
  });

  test('many are read as one is, those that are gone left out', async () => {
    const made: Made[] = [];
    for (const n of [1, 2, 3, 4, 5, 6]) {
      made.push(
        await create(bench, `Bucket${n}`, 'AWS::S3::Bucket', { Tags: [{ Key: 'n', Value: String(n) }] }),
      );
    }
    await remove(bench, made[0]!);
    const records = made.map((one) => one.record);
    const context = { ...bench.context, once: <T>(_key: string, ask: () => Promise<T>) => ask() };
    const inBulk = await registry['AWS::S3::Bucket']!.read({ ...context, by: 'stack' }, records);
    expect([...inBulk.keys()]).toEqual(['Bucket2', 'Bucket3', 'Bucket4', 'Bucket5', 'Bucket6']);
    expect(inBulk).toEqual(await registry['AWS::S3::Bucket']!.read({ ...context, by: 'id' }, records));
    for (const one of made) await remove(bench, one);
  });
});
