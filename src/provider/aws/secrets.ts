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
