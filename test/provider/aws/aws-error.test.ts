import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../src/base/error.ts';
import {
  errorCode,
  isNotFound,
  isOutcomeUnknown,
  isThrottled,
  toSlipwayError,
} from '../../../src/provider/aws/aws-error.ts';
import { openAws } from '../../../src/provider/aws/open-aws.ts';
import { freePort } from '../../../src/sandbox/services/free-port.ts';
import { answeringServer, ec2Error } from './answering.ts';

const server = await answeringServer();
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' };
const aws = openAws({ region: 'eu-west-1', endpoint: server.url, credentials });

async function failureOf(call: Promise<unknown>): Promise<SlipwayError> {
  const error = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(SlipwayError);
  return error as SlipwayError;
}

const describeVpcs = async (through = aws) => (await through.ec2()).describeVpcs({});

test.each([
  [
    'expired',
    'ExpiredToken',
    'The security token included in the request is expired',
    'cloud-credentials',
    'expired',
  ],
  [
    'wrongly signed',
    'SignatureDoesNotMatch',
    'The request signature we calculated',
    'cloud-credentials',
    'signature',
  ],
  [
    'unknown',
    'AuthFailure',
    'AWS was not able to validate the provided access credentials',
    'cloud-credentials',
    'access key',
  ],
  [
    'refused',
    'InvalidParameterValue',
    'Value (x) is invalid',
    'cloud-refused',
    'AWS refused EC2.DescribeVpcs: Value (x) is invalid',
  ],
])('credentials or calls that are %s get words of their own', async (_name, code, message, wanted, words) => {
  server.replies.push(ec2Error(code, message));
  const error = await failureOf(describeVpcs());
  expect(error.code).toBe(wanted);
  expect(error.problem.summary).toContain(words);
  expect(error.problem.detail).toContain(code);
  expect(error.problem.detail).toContain('req-1');
  expect(errorCode(error)).toBe(code);
});

test('a refusal says AWS’s words once: in a comment its summary and its detail are one line', () => {
  const thrown = Object.assign(new Error("The security group 'sg-1' does not exist"), {
    name: 'InvalidGroup.NotFound',
    $metadata: { httpStatusCode: 400, requestId: 'req-1' },
  });
  const { summary, detail } = toSlipwayError(thrown, { service: 'EC2', operation: 'RunInstances' }).problem;
  expect(summary).toBe("AWS refused EC2.RunInstances: The security group 'sg-1' does not exist");
  expect(detail).toBe('InvalidGroup.NotFound (request req-1)');
});

describe('access denied', () => {
  test('names the action that AWS names, and leaves its encoded message out', async () => {
    const message =
      'You are not authorized to perform this operation. User: arn:aws:iam::111111111111:user/x is not authorized to perform: iam:PassRole on resource: y. Encoded authorization failure message: Gb2EnCoDeD_9-x';
    server.replies.push(ec2Error('UnauthorizedOperation', message, 403));
    const error = await failureOf(describeVpcs());
    expect(error.code).toBe('cloud-denied');
    expect(error.problem.summary).toContain('iam:PassRole');
    expect(error.problem.remedy).toContain('iam:PassRole');
    expect(error.problem.detail).not.toContain('EnCoDeD');
  });

  test('names the call where AWS names no action', async () => {
    server.replies.push(
      ec2Error('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403),
    );
    expect((await failureOf(describeVpcs())).problem.summary).toContain('ec2:DescribeVpcs');
  });
});

test('no credentials at all are told with what to set', async () => {
  const without = openAws({
    region: 'eu-west-1',
    endpoint: server.url,
    credentials: async () => {
      const error = new Error('Could not load credentials from any providers');
      error.name = 'CredentialsProviderError';
      throw error;
    },
  });
  const error = await failureOf(describeVpcs(without));
  expect(error.code).toBe('cloud-credentials');
  expect(error.problem.remedy).toContain('AWS_PROFILE');
  expect(server.actions).toEqual([]);
});

test('nobody at the address is told at once, not after many attempts', async () => {
  const calls: string[] = [];
  const nowhere = openAws({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${await freePort()}`,
    credentials,
    onCall: (operation) => calls.push(operation),
  });
  const error = await failureOf(describeVpcs(nowhere));
  expect(error.code).toBe('cloud-unreachable');
  expect(error.problem.remedy).toContain('AWS_ENDPOINT_URL');
  expect(calls).toEqual(['EC2.DescribeVpcs']);
});

test('a page of a proxy is told with its status, without what the SDK advises programmers', () => {
  const advice =
    'mismatched tags. Deserialization error: to see the raw response, inspect the hidden field {error}.$response.';
  const thrown = Object.assign(new Error(advice), { $metadata: { httpStatusCode: 502 } });
  const error = toSlipwayError(thrown, { service: 'EC2', operation: 'DescribeVpcs' });
  expect(error.code).toBe('cloud-unreachable');
  expect(error.message).toBe('AWS did not answer EC2.DescribeVpcs (status 502)');
  expect(error.problem.detail).toBe('The answer is not one of AWS: it cannot be read.');
});

test('throttling to the end says so, and that nothing was done', () => {
  const thrown = Object.assign(new Error('Request limit exceeded.'), {
    name: 'RequestLimitExceeded',
    $metadata: { httpStatusCode: 503, requestId: 'req-1' },
  });
  const error = toSlipwayError(thrown, { service: 'EC2', operation: 'DescribeVpcs' });
  expect(error.code).toBe('cloud-throttled');
  expect(isThrottled(error)).toBe(true);
  expect(isOutcomeUnknown(error)).toBe(false);
});

test('a secret key is in no error', async () => {
  server.replies.push(ec2Error('InvalidParameterValue', 'no'));
  const error = await failureOf(describeVpcs());
  expect(JSON.stringify({ ...error.problem, cause: undefined })).not.toContain(credentials.secretAccessKey);
});

test.each([
  ['InvalidVpcID.NotFound', true],
  ['InvalidGroup.NotFound', true],
  ['NoSuchEntity', true],
  ['NoSuchEntityException', true],
  ['InvalidRoute.NotFound', true],
  // A wrong image or key pair does not come into being by waiting.
  ['InvalidAMIID.NotFound', false],
  ['InvalidKeyPair.NotFound', false],
  ['DependencyViolation', false],
])('%s means not found: %s', (name, wanted) => {
  expect(isNotFound(Object.assign(new Error('x'), { name }))).toBe(wanted);
});

test('what is no error of AWS has no code of AWS', () => {
  expect(errorCode(new Error('x'))).toBeUndefined();
  expect(errorCode(undefined)).toBeUndefined();
  expect(errorCode(new SlipwayError('usage', { summary: 'x' }))).toBeUndefined();
});
