import type { STS } from '@aws-sdk/client-sts';
import type { Clock } from '../../base/clock.ts';
import { SlipwayError } from '../../base/error.ts';

/** As the SDK's clients take them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export type CredentialProvider = () => Promise<AwsCredentials>;

export interface RoleToAssume {
  sts(): Promise<STS>;
  readonly role: string;
  readonly externalId?: string;
  readonly sessionName: string;
  readonly clock: Clock;
}

/** The SDK asks again for credentials that end within five minutes, so ours must be renewed before that. */
const renewBeforeMs = 6 * 60_000;

/**
 * Credentials of an assumed role, shared by all clients and kept until near their end: one AssumeRole an hour, not
 * one a client.
 */
export function assumedRole(assume: RoleToAssume): CredentialProvider {
  let current: { readonly credentials: Promise<AwsCredentials>; endsAt: number } | undefined;
  return () => {
    if (current !== undefined && current.endsAt - assume.clock.now().getTime() > renewBeforeMs) {
      return current.credentials;
    }
    const renewed = { credentials: assumeNow(assume), endsAt: Number.POSITIVE_INFINITY };
    renewed.credentials.then(
      (credentials) => {
        renewed.endsAt = credentials.expiration?.getTime() ?? 0;
      },
      () => {
        // Not kept: the next call tries again. Whoever asked for these has the error.
        if (current === renewed) current = undefined;
      },
    );
    current = renewed;
    return renewed.credentials;
  };
}

async function assumeNow(assume: RoleToAssume): Promise<AwsCredentials> {
  const sts = await assume.sts();
  const { Credentials } = await sts.assumeRole({
    RoleArn: assume.role,
    // What STS allows in a session name; a stack's name may hold more.
    RoleSessionName: assume.sessionName.replace(/[^\w+=,.@-]/g, '-').slice(0, 64),
    ...(assume.externalId === undefined ? {} : { ExternalId: assume.externalId }),
  });
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken) {
    throw new SlipwayError('cloud-credentials', {
      summary: `AWS gave no credentials for the role ${assume.role}`,
    });
  }
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
    ...(Credentials.Expiration === undefined ? {} : { expiration: Credentials.Expiration }),
  };
}
