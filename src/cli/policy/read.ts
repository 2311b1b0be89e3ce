import { SlipwayError } from '../../base/error.ts';
import { nearest } from '../../base/suggest.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Scanners } from '../../scanner/scanners.ts';
import { readPolicies } from '../../workflow/read-policies.ts';
import type { Terminal } from '../terminal.ts';

export interface DirectoryOption {
  readonly directory?: string;
}

/** The policies of the folder that is named, else of the operator's, else those that ship. */
export function policiesOf(
  { env, cwd }: Pick<Terminal, 'env' | 'cwd'>,
  { directory }: DirectoryOption,
): Promise<readonly Policy[]> {
  return readPolicies(directory ?? (env.SLIPWAY_POLICIES || undefined), cwd);
}

/** The scanners of the file that is named, else of the operator's; undefined where there is none. */
export async function scannersNamed(
  { env, cwd }: Pick<Terminal, 'env' | 'cwd'>,
  named?: string,
): Promise<Scanners | undefined> {
  const file = named ?? (env.SLIPWAY_SCANNERS || undefined);
  if (file === undefined) return undefined;
  const { readScanners } = await import('../../scanner/read-scanners.ts');
  return readScanners(file, cwd);
}

/** Throws `usage` where there is none of that id. */
export function policyOf(policies: readonly Policy[], id: string): Policy {
  const found = policies.find((policy) => policy.id === id);
  if (found) return found;
  const meant = nearest(
    id,
    policies.map((policy) => policy.id),
  );
  throw new SlipwayError('usage', {
    summary: `There is no policy ${id}`,
    remedy: meant ? `Did you mean ${meant}?` : 'slipway policy list shows what there is.',
  });
}
