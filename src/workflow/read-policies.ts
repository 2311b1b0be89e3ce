import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasErrors } from '../base/diagnostic.ts';
import { SlipwayError } from '../base/error.ts';
import { loadPack } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';

/** The policies that ship with Slipway. */
export const shippedPolicies = fileURLToPath(new URL('../../policies/', import.meta.url));

/**
 * Reads every policy file of a folder. Throws `policy-invalid` with all mistakes: a policy that cannot be read must
 * not be a policy that is not there.
 */
export async function readPolicies(directory: string = shippedPolicies): Promise<readonly Policy[]> {
  const names = (await list(directory)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const files = await Promise.all(
    names.map(async (name) => ({
      path: directory === shippedPolicies ? `policies/${name}` : join(directory, name),
      text: await readFile(join(directory, name), 'utf8'),
    })),
  );
  const { policies, diagnostics } = loadPack(files);
  if (!hasErrors(diagnostics)) return policies;
  throw new SlipwayError('policy-invalid', { summary: 'Some policies cannot be read', diagnostics });
}

async function list(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    throw new SlipwayError('policy-invalid', {
      summary: `Cannot read the folder of policies ${directory}`,
      remedy: 'Check the path.',
      cause,
    });
  }
}
