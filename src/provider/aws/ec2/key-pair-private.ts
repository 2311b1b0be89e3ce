/**
 * The private key of a generated key pair: in the SSM parameter where CloudFormation puts it, encrypted.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html#create-key-pair-cloudformation
 */
import type { ProviderContext } from '../../provider.ts';
import { errorCode } from '../aws-error.ts';

function parameterName(keyPairId: string): string {
  return `/ec2/keypair/${keyPairId}`;
}

export async function keepPrivateKey(
  context: ProviderContext,
  keyPairId: string,
  key: string,
): Promise<void> {
  const ssm = await context.aws.ssm();
  await ssm.putParameter({
    Name: parameterName(keyPairId),
    Type: 'SecureString',
    Value: key,
    // The same again, when the answer was lost: nobody else writes there.
    Overwrite: true,
  });
}

/** Without asking for the key itself, which nobody here needs to see. */
export async function privateKeyIsKept(context: ProviderContext, keyPairId: string): Promise<boolean> {
  const ssm = await context.aws.ssm();
  const { Parameters = [] } = await ssm.describeParameters({
    ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [parameterName(keyPairId)] }],
  });
  return Parameters.length > 0;
}

export async function removePrivateKey(context: ProviderContext, keyPairId: string): Promise<void> {
  const ssm = await context.aws.ssm();
  try {
    await ssm.deleteParameter({ Name: parameterName(keyPairId) });
  } catch (error) {
    if (errorCode(error) !== 'ParameterNotFound') throw error;
  }
}
