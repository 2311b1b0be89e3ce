import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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
 *
 * @param cwd where a relative path begins
 */
export async function readPolicies(directory = shippedPolicies, cwd = '.'): Promise<readonly Policy[]> {
  const top = { directory, place: resolve(cwd, directory) };
  const entries = await list(top);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const files = await Promise.all([
    filesIn(top, entries),
    ...folders.map(async ({ name }) => {
      const folder = { directory: join(directory, name), place: join(top.place, name) };
      return (await filesIn(folder, await list(folder))).map((file) => ({ ...file, pack: name }));
    }),
  ]);
  const { policies, diagnostics } = compiled(files.flat());
  if (!hasErrors(diagnostics)) return policies;
  throw new SlipwayError('policy-invalid', { summary: 'Some policies cannot be read', diagnostics });
}

let latest: { readonly of: string; readonly result: ReturnType<typeof loadPack> } | undefined;

/** To compile a hundred policies takes half a second; the same texts give the same policies. */
function compiled(files: Parameters<typeof loadPack>[0]): ReturnType<typeof loadPack> {
  const of = JSON.stringify(files);
  if (latest?.of !== of) latest = { of, result: loadPack(files) };
  return latest.result;
}

/** A folder as it was named, and where it is. */
interface Folder {
  readonly directory: string;
  readonly place: string;
}

function filesIn({ directory, place }: Folder, entries: readonly Dirent[]) {
  const names = entries.map((entry) => entry.name).filter((name) => /\.ya?ml$/.test(name));
  return Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      return {
        path: path.startsWith(shippedPolicies) ? `policies/${path.slice(shippedPolicies.length)}` : path,
        text: await readFile(join(place, name), 'utf8'),
      };
    }),
  );
}

async function list({ directory, place }: Folder): Promise<readonly Dirent[]> {
  try {
    return await readdir(place, { withFileTypes: true });
  } catch (cause) {
    throw new SlipwayError('policy-invalid', {
      summary: `Cannot read the folder of policies ${directory}`,
      remedy: 'Check the path.',
      cause,
    });
  }
}
