import { beforeAll, expect, test } from 'vitest';
import { availabilityZones, ssmParameter, ssmParameters } from '../../../src/provider/aws/facts.ts';
import { openAws } from '../../../src/provider/aws/open-aws.ts';
import { awsClientConfig, describeWithServices } from '../../services.ts';

await describeWithServices('facts of a target', ['moto'], ({ moto }) => {
  const aws = openAws(awsClientConfig(moto));
  const names = Array.from({ length: 11 }, (_, i) => `/shop/${i}`);

  beforeAll(async () => {
    const ssm = await aws.ssm();
    for (const Name of names) await ssm.putParameter({ Name, Value: `value of ${Name}`, Type: 'String' });
    await ssm.putParameter({ Name: '/shop/0', Value: 'newer', Type: 'String', Overwrite: true });
    await ssm.putParameter({ Name: '/shop/password', Value: 'hunter2', Type: 'SecureString' });
  });

  test('the zones of the region, sorted', async () => {
    expect(await availabilityZones(aws, 'eu-west-1')).toEqual(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
  });

  test("another region's zones are not guessed", async () => {
    await expect(availabilityZones(aws, 'us-east-1')).rejects.toMatchObject({ code: 'cloud-unresolved' });
  });

  test('parameters are read ten a call, one that is not there is left out', async () => {
    const before = aws.calls.get('SSM.GetParameters') ?? 0;
    const found = await ssmParameters(aws, [...names, '/shop/nothing', '/shop/1']);
    expect([...found.keys()].sort()).toEqual([...names].sort());
    expect(found.get('/shop/3')).toBe('value of /shop/3');
    expect(aws.calls.get('SSM.GetParameters')).toBe(before + 2);
  });

  test('a version is asked for by its name, and answered under it', async () => {
    expect(await ssmParameters(aws, ['/shop/0', '/shop/0:1'])).toEqual(
      new Map([
        ['/shop/0', 'newer'],
        ['/shop/0:1', 'value of /shop/0'],
      ]),
    );
  });

  test('one parameter', async () => {
    expect(await ssmParameter(aws, '/shop/2')).toBe('value of /shop/2');
    expect(await ssmParameter(aws, '/shop/nothing')).toBeUndefined();
  });

  test('nothing asked is no call', async () => {
    const before = new Map(aws.calls);
    expect(await ssmParameters(aws, [])).toEqual(new Map());
    expect(aws.calls).toEqual(before);
  });

  test('a SecureString is refused, without its value', async () => {
    const error = await ssmParameters(aws, ['/shop/password']).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'cloud-unresolved' });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});
