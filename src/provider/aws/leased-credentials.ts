import { SlipwayError } from '../../base/error.ts';
import type { Leased } from '../../secret/vault/session.ts';
import type { CredentialProvider } from './assume-role.ts';

/**
 * What Vault's AWS engine leases, as the SDK's clients take it. Asked again by them near the end of what they have, they
 * get what was renewed or taken meanwhile.
 * https://developer.hashicorp.com/vault/api-docs/secret/aws#generate-credentials
 *
 * @throws SlipwayError `vault-lease` for a lease of something else
 */
export function leasedCredentials(leased: Leased): CredentialProvider {
  return async () => {
    const { data, endsAt } = leased.now();
    const { access_key: accessKeyId, secret_key: secretAccessKey, security_token, session_token } = data;
    const sessionToken = security_token || session_token;
    if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
      throw new SlipwayError('vault-lease', {
        summary: 'What Vault leases there are no AWS credentials',
        remedy: "Name a path of Vault's AWS engine in `credentials`, such as aws/sts/shop-read.",
      });
    }
    return {
      accessKeyId,
      secretAccessKey,
      ...(typeof sessionToken === 'string' ? { sessionToken } : {}),
      expiration: endsAt,
    };
  };
}
