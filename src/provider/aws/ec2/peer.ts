import type { EC2 } from '@aws-sdk/client-ec2';
import type { ProviderContext } from '../../provider.ts';
import { openAws } from '../open-aws.ts';

export interface Peer {
  readonly region: string;
  /** Of another account, which lets this one's credentials assume it. */
  readonly role?: string;
}

/**
 * EC2 as the other side of a connection has it: in its region, and as the role that may act there. It is this side's
 * own client where the two are one.
 */
export async function withPeer(
  context: ProviderContext,
  { region, role }: Peer,
  use: (ec2: EC2) => Promise<void>,
): Promise<void> {
  const own = await context.aws.ec2();
  if (region === context.region && role === undefined) return use(own);
  const endpoint = await own.config.endpoint?.();
  const aws = openAws({
    region,
    clock: context.clock,
    credentials: own.config.credentials,
    ...(role === undefined ? {} : { role }),
    // An emulator's, which has every region. AWS's own follow from the region.
    ...(endpoint === undefined
      ? {}
      : {
          endpoint: `${endpoint.protocol}//${endpoint.hostname}${endpoint.port === undefined ? '' : `:${endpoint.port}`}`,
        }),
  });
  try {
    await use(await aws.ec2());
  } finally {
    aws.destroy();
  }
}
