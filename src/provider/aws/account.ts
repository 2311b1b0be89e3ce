import { SlipwayError } from '../../base/error.ts';
import type { Aws } from './aws.ts';

/** The account that the credentials are for: twelve digits. */
export async function callerAccount(aws: Aws): Promise<string> {
  const { Account } = await (await aws.sts()).getCallerIdentity({});
  if (Account === undefined) {
    throw new SlipwayError('cloud-credentials', {
      summary: 'AWS does not say which account the credentials are for',
    });
  }
  return Account;
}

/** @throws SlipwayError `cloud-account` when the credentials are for another account than the environment's */
export async function verifyAccount(aws: Aws, expected: string): Promise<void> {
  const actual = await callerAccount(aws);
  if (actual === expected) return;
  throw new SlipwayError('cloud-account', {
    summary: `The credentials are for account ${actual}, and the environment is in account ${expected}`,
    remedy: `Use credentials of account ${expected}, or set the environment's role to one of that account.`,
  });
}
