/**
 * The one place where the SDK's errors become `SlipwayError`. The SDK's error stays as the `cause`, which is what
 * `errorCode` and `isNotFound` read: callers branch on AWS's code, people read Slipway's sentence.
 */
import type { Code } from '../../base/codes.ts';
import { type Problem, SlipwayError } from '../../base/error.ts';

/** Which call failed. `Ec2`, `DescribeVpcs`. */
export interface FailedCall {
  readonly service: string;
  readonly operation: string;
}

/** What SDK and Node errors have in common, as far as it is looked at. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** A failure that the SDK must not try again. Not an `Error` with a `cause`: the SDK's retry looks through those. */
export class NotRepeated extends Error {
  readonly failure: unknown;

  constructor(failure: unknown) {
    super(failure instanceof Error ? failure.message : String(failure));
    this.name = 'NotRepeated';
    this.failure = failure;
  }
}

const throttlingCodes = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'SlowDown',
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'PriorRequestNotComplete',
]);
const deniedCodes = new Set([
  'UnauthorizedOperation',
  'UnauthorizedAccess',
  'AccessDenied',
  'AccessDeniedException',
  'Client.UnauthorizedOperation',
  'OptInRequired',
]);
const expiredCodes = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenRefreshRequired',
]);
const signatureCodes = new Set([
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'IncompleteSignature',
  'IncompleteSignatureException',
]);
const unknownKeyCodes = new Set([
  'AuthFailure',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'UnrecognizedClientException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
]);
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'TimeoutError',
]);

/**
 * AWS's code of a failed call (`InvalidVpcID.NotFound`, `NoSuchEntity`) or Node's (`ECONNRESET`), through whatever
 * it was wrapped in; undefined when the error did not come from a call.
 */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof SlipwayError) return errorCode(error.problem.cause);
  if (error instanceof NotRepeated) return errorCode(error.failure);
  const { name, code, Code: body } = (error ?? {}) as SdkError;
  if (code !== undefined && networkCodes.has(code)) return code;
  return body ?? (name === 'Error' || name === 'AggregateError' ? code : name);
}

/** AWS's own words; empty when the error did not come from a call. */
export function errorMessage(error: unknown): string {
  if (error instanceof SlipwayError)
    return error.problem.cause === undefined ? '' : errorMessage(error.problem.cause);
  if (error instanceof NotRepeated) return errorMessage(error.failure);
  return error instanceof Error ? error.message : '';
}

/** What a call names is not there, or not there yet. Images, key pairs and snapshots are never 'not yet'. */
export function isNotFound(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  if (/^(InvalidAMIID|InvalidKeyPair|InvalidSnapshot)\./.test(code)) return false;
  return /\.NotFound(Exception)?$|^NoSuchEntity|^ResourceNotFound/.test(code);
}

/** AWS refused for its rate limit: nothing was done. (EC2 says so with status 503.) */
export function isThrottled(error: unknown): boolean {
  return throttlingCodes.has(errorCode(error) ?? '') || statusOf(error) === 429;
}

/** Nobody can tell whether the call was carried out: cut, timed out, or a 5xx. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (error instanceof SlipwayError) return isOutcomeUnknown(error.problem.cause);
  if (error instanceof NotRepeated) return isOutcomeUnknown(error.failure);
  if (isThrottled(error) || isNobodyThere(error)) return false;
  return networkCodes.has(errorCode(error) ?? '') || (statusOf(error) ?? 0) >= 500;
}

/** There is no server at the address: trying again at once would only keep a person waiting. */
export function isNobodyThere(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOTFOUND'].includes(errorCode(error) ?? '');
}

/** @returns the error to throw for a failed call; a `SlipwayError` is left as it is */
export function toSlipwayError(error: unknown, call: FailedCall): SlipwayError {
  if (error instanceof SlipwayError) return error;
  if (error instanceof NotRepeated && error.failure instanceof SlipwayError) return error.failure;
  const [code, problem] = explain(error, call);
  return new SlipwayError(code, { ...problem, cause: error });
}

function explain(error: unknown, call: FailedCall): [Code, Problem] {
  const code = errorCode(error) ?? '';
  const message = plainMessage(errorMessage(error));
  const name = `${call.service}.${call.operation}`;
  const detail = withRequestId(code === '' ? message : `${code}: ${message}`, error);
  const login = 'Sign in again, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew.';

  if (expiredCodes.has(code) || /token (has|is) expired|session has expired/i.test(message)) {
    return ['cloud-credentials', { summary: 'The AWS credentials have expired', detail, remedy: login }];
  }
  if (
    /^(CredentialsProviderError|TokenProviderError)$/.test(code) ||
    /could not load credentials/i.test(message)
  ) {
    const remedy =
      'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where an instance or task role is attached.';
    return ['cloud-credentials', { summary: 'There are no AWS credentials', detail: message, remedy }];
  }
  if (signatureCodes.has(code)) {
    const remedy = "Check AWS_SECRET_ACCESS_KEY for a typing error, and this machine's clock.";
    return ['cloud-credentials', { summary: 'AWS says that the signature is wrong', detail, remedy }];
  }
  if (unknownKeyCodes.has(code)) {
    const remedy = 'Check AWS_ACCESS_KEY_ID, and AWS_SESSION_TOKEN for temporary credentials.';
    return ['cloud-credentials', { summary: 'AWS does not know the access key', detail, remedy }];
  }
  if (deniedCodes.has(code)) {
    const action = deniedAction(message, call);
    const remedy = `Allow ${action} in a policy of the role or user that Slipway works as.`;
    return ['cloud-denied', { summary: `AWS does not allow ${action} to these credentials`, detail, remedy }];
  }
  if (isThrottled(error)) {
    const remedy = "Try again later, or ask AWS for a higher rate limit: the account's calls are too many.";
    return ['cloud-throttled', { summary: `AWS throttled ${name} for too long`, detail, remedy }];
  }
  if (networkCodes.has(code) || (statusOf(error) ?? 0) >= 500) {
    const remedy = 'Check the network and, where AWS_ENDPOINT_URL is set, that its server runs.';
    const status = statusOf(error) === undefined ? '' : ` (status ${statusOf(error)})`;
    return ['cloud-unreachable', { summary: `AWS did not answer ${name}${status}`, detail, remedy }];
  }
  // The message stands in the summary: a comment shows both in one line.
  const refusal = { summary: `AWS refused ${name}: ${message || code}`, detail: withRequestId(code, error) };
  return ['cloud-refused', refusal];
}

/** Encoded authorization messages are a page of base64 that says nothing, and hold the details of the request. */
function plainMessage(message: string): string {
  // The SDK's advice to who programs with it: a proxy or an emulator answered with a page of its own.
  if (message.includes('Deserialization error:')) return 'The answer is not one of AWS: it cannot be read.';
  return message
    .replace(/\s*Encoded authorization failure message:\s*\S+/i, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** IAM's name of the action, `ec2:RunInstances`: AWS's message names it, and not always the call that was sent. */
function deniedAction(message: string, call: FailedCall): string {
  const named = /perform:?\s+([a-z0-9-]+:[A-Za-z*]+)/.exec(message)?.[1];
  return named ?? `${call.service.toLowerCase()}:${call.operation}`;
}

function withRequestId(text: string, error: unknown): string {
  const id = metadataOf(error)?.requestId;
  return id === undefined ? text : `${text} (request ${id})`;
}

function statusOf(error: unknown): number | undefined {
  return metadataOf(error)?.httpStatusCode;
}

function metadataOf(error: unknown): SdkError['$metadata'] {
  if (error instanceof SlipwayError) return metadataOf(error.problem.cause);
  if (error instanceof NotRepeated) return metadataOf(error.failure);
  return ((error ?? {}) as SdkError).$metadata;
}
