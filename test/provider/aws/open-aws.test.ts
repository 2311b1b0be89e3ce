import { afterEach, describe, expect, test, vi } from 'vitest';
import { callerAccount, verifyAccount } from '../../../src/provider/aws/account.ts';
import { openAws } from '../../../src/provider/aws/open-aws.ts';
import { awsClientConfig, describeWithServices } from '../../services.ts';
import { answeringServer, ec2Error, noVpcs } from './answering.ts';

const server = await answeringServer();
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' };
const opened = (more: object = {}) =>
  openAws({ region: 'eu-west-1', endpoint: server.url, credentials, ...more });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('attempts', () => {
  test('each is counted: throttling and 5xx are tried again', async () => {
    const seen: string[] = [];
    const aws = opened({ onCall: (operation: string) => seen.push(operation) });
    server.replies.push(
      ec2Error('RequestLimitExceeded', 'slow down', 503),
      ec2Error('InternalError', 'oops', 500),
      noVpcs,
    );
    await (await aws.ec2()).describeVpcs({});
    expect(aws.calls).toEqual(new Map([['EC2.DescribeVpcs', 3]]));
    expect(seen).toEqual(['EC2.DescribeVpcs', 'EC2.DescribeVpcs', 'EC2.DescribeVpcs']);
  });

  test('a refusal is not tried again', async () => {
    const aws = opened();
    server.replies.push(ec2Error('InvalidParameterValue', 'no'), noVpcs);
    await expect((await aws.ec2()).describeVpcs({})).rejects.toMatchObject({ code: 'cloud-refused' });
    expect(server.actions).toEqual(['DescribeVpcs']);
  });

  test.each(['createVpc', 'createSubnet', 'createInternetGateway', 'createSecurityGroup'] as const)(
    '%s is not sent again when nobody knows whether it was done',
    async (name) => {
      const ec2 = await opened().ec2();
      server.replies.push(ec2Error('InternalError', 'oops', 500));
      const send = ec2[name].bind(ec2) as (input: object) => Promise<unknown>;
      await expect(send({})).rejects.toMatchObject({ code: 'cloud-unreachable' });
      expect(server.actions).toHaveLength(1);
    },
  );

  test('but it is when AWS throttled it, which did nothing', async () => {
    const ec2 = await opened().ec2();
    const made = {
      status: 200,
      body: '<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>',
    };
    server.replies.push(ec2Error('RequestLimitExceeded', 'slow down', 503), made);
    expect((await ec2.createVpc({})).Vpc?.VpcId).toBe('vpc-1');
    expect(server.actions).toHaveLength(2);
  });
});

test('clients are opened once', async () => {
  const aws = opened();
  expect(await aws.ec2()).toBe(await aws.ec2());
  aws.destroy();
});

test('AWS_ENDPOINT_URL and the credentials of the environment are honoured', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  server.replies.push(noVpcs);
  await (await openAws({ region: 'eu-west-1' }).ec2()).describeVpcs({});
  expect(server.actions).toEqual(['DescribeVpcs']);
});

test('a bucket with dots in its name is in the path of an emulator, and no part of its host', async () => {
  const s3 = await opened().s3();
  server.replies.push({ status: 200, body: '' });
  await s3.headBucket({ Bucket: 'shop.example.com' });
  expect(server.paths.at(-1)).toMatch(/^\/shop\.example\.com\b/);
});

await describeWithServices('accounts and roles', ['moto'], ({ moto }) => {
  const role = 'arn:aws:iam::222222222222:role/slipway-prod';

  test('says whose the credentials are', async () => {
    expect(await callerAccount(openAws(awsClientConfig(moto)))).toBe('123456789012');
  });

  test('credentials of another account are refused with both named', async () => {
    const aws = openAws(awsClientConfig(moto));
    await verifyAccount(aws, '123456789012');
    await expect(verifyAccount(aws, '222222222222')).rejects.toMatchObject({
      code: 'cloud-account',
      message: expect.stringMatching(/123456789012.*222222222222/),
    });
  });

  test('a role is assumed once for all clients, and again near its end', async () => {
    let now = Date.now();
    const clock = { now: () => new Date(now), sleep: async () => {} };
    const aws = openAws({ ...awsClientConfig(moto), role, sessionName: 'acme/shop#7', clock });
    expect(await callerAccount(aws)).toBe('222222222222');
    await (await aws.ec2()).describeVpcs({});
    await (await aws.iam()).listRoles({});
    expect(aws.calls.get('STS.AssumeRole')).toBe(1);
    now += 56 * 60_000;
    await (await openAgain(aws)).describeVpcs({});
    expect(aws.calls.get('STS.AssumeRole')).toBe(2);
  });

  test("what a role makes is in the role's account", async () => {
    const aws = openAws({ ...awsClientConfig(moto), role });
    const { Vpc } = await (await aws.ec2()).createVpc({ CidrBlock: '10.99.0.0/16' });
    expect(Vpc?.OwnerId).toBe('222222222222');
  });
});

/** A client that has no credentials of its own yet: the SDK keeps those it has until their real end. */
async function openAgain(aws: ReturnType<typeof openAws>) {
  const ec2 = await aws.ec2();
  const { config } = ec2;
  expect(typeof config.credentials).toBe('function');
  await config.credentials({ forceRefresh: true });
  return ec2;
}
