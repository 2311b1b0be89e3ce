import { SlipwayError } from '../../base/error.ts';
import type { Aws } from './aws.ts';

/**
 * The decrypted value of an SSM `SecureString` parameter.
 * @param reference `name` or `name:version`, as in `{{resolve:ssm-secure:name:version}}`
 * @throws SlipwayError `cloud-unresolved` when there is none
 */
export async function secureParameter(aws: Aws, reference: string): Promise<string> {
  const { Parameter } = await (await aws.ssm()).getParameter({ Name: reference, WithDecryption: true });
  if (Parameter?.Value !== undefined) return Parameter.Value;
  throw new SlipwayError('cloud-unresolved', { summary: `SSM has no value for the parameter ${reference}` });
}

/**
 * A text from Secrets Manager, or one key of it where it is JSON.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 * @param reference `secret-id:SecretString:json-key:version-stage:version-id`; the id may be an ARN, the rest may be
 *   absent or empty
 * @throws SlipwayError `cloud-unresolved` when there is no such secret, text or key
 */
export async function secretString(aws: Aws, reference: string): Promise<string> {
  const { secretId, jsonKey, versionStage, versionId } = parseSecretReference(reference);
  const { SecretString } = await (await aws.secretsManager()).getSecretValue({
    SecretId: secretId,
    ...(versionStage ? { VersionStage: versionStage } : {}),
    ...(versionId ? { VersionId: versionId } : {}),
  });
  const value = SecretString !== undefined && jsonKey ? keyOf(SecretString, jsonKey) : SecretString;
  if (value !== undefined) return value;
  throw new SlipwayError('cloud-unresolved', {
    summary: `Secrets Manager has no such text: ${reference}`,
    remedy: 'Check the id, and the key where one is named; binary secrets cannot be used.',
  });
}

function parseSecretReference(reference: string) {
  const parts = reference.split(':');
  // arn:partition:secretsmanager:region:account:secret:name
  const secretId = parts.splice(0, parts[0] === 'arn' ? 7 : 1).join(':');
  const [, jsonKey, versionStage, versionId] = parts;
  return { secretId, jsonKey, versionStage, versionId };
}

function keyOf(text: string, key: string): string | undefined {
  try {
    const value: unknown = (JSON.parse(text) as Record<string, unknown>)[key];
    return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
  } catch {
    // The parser's message would quote the secret.
    return undefined;
  }
}
