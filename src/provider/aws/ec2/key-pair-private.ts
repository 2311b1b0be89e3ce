/** Where the private key of a generated key pair goes. */
import type { ProviderContext } from '../../provider.ts';
import { keyInVault } from '../../vault/kept-key.ts';
import { errorCode } from '../aws-error.ts';

/** One place for one private key, which nobody here needs to read. */
export interface KeptKey {
  /** Before there is a key. Throws `name-in-use` where somebody else has the place. */
  claim(context: ProviderContext): Promise<void>;
  keep(context: ProviderContext, keyPairId: string, key: string): Promise<void>;
  isKept(context: ProviderContext, keyPairId: string): Promise<boolean>;
  remove(context: ProviderContext, keyPairId: string): Promise<void>;
}

/** @param path in Vault, where the template names one */
export function privateKeyPlace(
  path: string | undefined,
  ownership: Readonly<Record<string, string>> = {},
): KeptKey {
  return path === undefined ? inParameter : keyInVault(path, ownership);
}

/**
 * The SSM parameter where CloudFormation puts it, encrypted.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html#create-key-pair-cloudformation
 */
const inParameter: KeptKey = {
  async claim() {},

  async keep(context, keyPairId, key) {
    const ssm = await context.aws.ssm();
    await ssm.putParameter({
      Name: parameterName(keyPairId),
      Type: 'SecureString',
      Value: key,
      // The same again, when the answer was lost: nobody else writes there.
      Overwrite: true,
    });
  },

  async isKept(context, keyPairId) {
    const ssm = await context.aws.ssm();
    const { Parameters = [] } = await ssm.describeParameters({
      ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [parameterName(keyPairId)] }],
    });
    return Parameters.length > 0;
  },

  async remove(context, keyPairId) {
    const ssm = await context.aws.ssm();
    try {
      await ssm.deleteParameter({ Name: parameterName(keyPairId) });
    } catch (error) {
      if (errorCode(error) !== 'ParameterNotFound') throw error;
    }
  },
};

function parameterName(keyPairId: string): string {
  return `/ec2/keypair/${keyPairId}`;
}
