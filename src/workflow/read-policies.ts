import type { Dirent } from 'node:fs';
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
 * Reads every policy file of a folder: those in it, which are in no pack by their place, and those one folder down,
 * which are in the pack of that folder's name. Throws `policy-invalid` with all mistakes: a policy that cannot be
 * read must not be a policy that is not there.
 */
export async function readPolicies(directory: string = shippedPolicies): Promise<readonly Policy[]> {
  const entries = await list(directory);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const inFolders = await Promise.all(
    folders.map(async ({ name }) =>
      (await policyNames(join(directory, name))).map((file) => ({ file, pack: name })),
    ),
  );
  const names = [...(await policyNames(directory)).map((file) => ({ file })), ...inFolders.flat()];
  const files = await Promise.all(
    names.map(async (one: { readonly file: string; readonly pack?: string }) => {
      const parts = one.pack === undefined ? [one.file] : [one.pack, one.file];
      return {
        ...one,
        path: directory === shippedPolicies ? `policies/${parts.join('/')}` : join(directory, ...parts),
        text: await readFile(join(directory, ...parts), 'utf8'),
      };
    }),
  );
  const { policies, diagnostics } = loadPack(files);
  if (!hasErrors(diagnostics)) return policies;
  throw new SlipwayError('policy-invalid', { summary: 'Some policies cannot be read', diagnostics });
}

async function policyNames(directory: string): Promise<readonly string[]> {
  const entries = await list(directory);
  return entries.filter((entry) => /\.ya?ml$/.test(entry.name)).map((entry) => entry.name);
}

async function list(directory: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (cause) {
    throw new SlipwayError('policy-invalid', {
      summary: `Cannot read the folder of policies ${directory}`,
      remedy: 'Check the path.',
      cause,
    });
  }
}
