import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openAws } from '../../../src/provider/aws/open-aws.ts';
import { isLoopback } from '../../../src/provider/aws/static-keys.ts';

beforeEach(() => {
  for (const name of ['AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_STS'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key-that-is-no-one-s');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const open = (more: object = {}) => openAws({ region: 'eu-west-1', refuseStaticKeys: true, ...more }).sts();

test('keys that do not end are refused before AWS is asked anything', async () => {
  await expect(open()).rejects.toMatchObject({
    code: 'cloud-static-keys',
    message: expect.not.stringContaining('EXAMPLE'),
  });
});

test.each([
  ['where the operator allows them', { refuseStaticKeys: false }, {}],
  ['of a session', {}, { AWS_SESSION_TOKEN: 'session' }],
  ['that Vault leases', { credentials: { accessKeyId: 'AKIA', secretAccessKey: 'x' } }, {}],
  ['for an emulator on this machine', { endpoint: 'http://127.0.0.1:5000' }, {}],
  ['for an emulator that the environment names', {}, { AWS_ENDPOINT_URL: 'http://localhost:5000' }],
])('keys %s are used', async (_, options, env) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  await expect(open(options)).resolves.toBeDefined();
});

test('before a role is assumed with them they are refused, too', async () => {
  const sts = await open({ role: 'arn:aws:iam::111111111111:role/slipway' });
  await expect(sts.getCallerIdentity({})).rejects.toMatchObject({ code: 'cloud-static-keys' });
});

test.each([
  ['http://127.0.0.1:5000', true],
  ['http://[::1]:5000', true],
  ['http://127.0.0.1.example.com', false],
  ['https://sts.amazonaws.com', false],
  ['127.0.0.1', false],
])('%s is on this machine: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
