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
  /** Of the session, for trust policies and permissions to ask for (`aws:PrincipalTag/slipway:repository`). */
  readonly sessionTags?: Readonly<Record<string, string>>;
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
  const Tags = Object.entries(assume.sessionTags ?? {}).map(([Key, value]) => {
    // What STS allows in the value of a session's tag.
    return { Key, Value: value.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '-').slice(0, 256) };
  });
  const { Credentials } = await sts
    .assumeRole({
      RoleArn: assume.role,
      // What STS allows in a session name; a stack's name may hold more.
      RoleSessionName: assume.sessionName.replace(/[^\w+=,.@-]/g, '-').slice(0, 64),
      ...(Tags.length === 0 ? {} : { Tags }),
      ...(assume.externalId === undefined ? {} : { ExternalId: assume.externalId }),
    })
    .catch((error: unknown) => {
      throw refusedRole(error, assume);
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

/** STS says in its message which of the two actions is not allowed, and for an external id it says nothing. */
function refusedRole(error: unknown, { role, externalId, sessionTags = {} }: RoleToAssume): unknown {
  if (!(error instanceof SlipwayError) || error.code !== 'cloud-denied') return error;
  const { detail } = error.problem;
  const told = { ...(detail === undefined ? {} : { detail }), cause: error.problem.cause ?? error };
  if (detail?.includes('sts:TagSession')) {
    return new SlipwayError('cloud-denied', {
      ...told,
      summary: `The role ${role} does not let Slipway tag its sessions`,
      remedy: `Allow sts:TagSession beside sts:AssumeRole in the role's trust policy, for the tags ${Object.keys(sessionTags).join(' and ')}.`,
    });
  }
  const asked =
    externalId === undefined
      ? 'If it asks for an external id, set external-id in the environment.'
      : 'Check that it asks for the external id that the environment has, to the letter.';
  return new SlipwayError('cloud-denied', {
    ...told,
    summary: `Slipway may not assume the role ${role}`,
    remedy: `Allow sts:AssumeRole and sts:TagSession to Slipway's own credentials in the role's trust policy. ${asked}`,
  });
}
