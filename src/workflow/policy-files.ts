import type { Diagnostic } from '../base/diagnostic.ts';
import { SlipwayError } from '../base/error.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyText } from '../state/policy-sets.ts';
import type { PolicySource } from './policy-source.ts';

/** The repository of the policies as the use cases see it; `github/` makes it. */
export interface PolicyRepository {
  /** The commits that a branch and a tag of this name are at, and that is meant by the whole id of one. */
  commitsOf(ref: string): Promise<readonly string[]>;
  /** The files of a folder and of the folders in it, with their sizes; undefined where there is no such folder. */
  list(commit: string, folder: string): Promise<readonly ListedFile[] | undefined>;
  /** Files at a commit, by path. */
  readFiles(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface ListedFile {
  /** In the repository. */
  readonly path: string;
  readonly bytes: number;
}

/** Far above what an organisation writes, and few enough to be read and compiled in a second. */
const most = { files: 500, bytes: 2_000_000 };

/**
 * The policy files of a commit: those in the folder, which are in no pack by their place, and those one folder down, in
 * the pack of that folder's name. Throws `policy-invalid` where there are none, or too many.
 */
export async function readPolicyTexts(
  repository: PolicyRepository,
  commit: string,
  { folder }: Pick<PolicySource, 'folder'>,
): Promise<readonly PolicyText[]> {
  const listed = await repository.list(commit, folder);
  const place = folder === '' ? 'the repository' : `the folder ${folder}`;
  if (!listed) throw invalid(`There is no folder ${folder}`, 'Check the path behind the colon.');
  const found = listed.flatMap((file) => policyFile(file, folder));
  // Whoever names a repository means to have policies: none at all is a mistake that must not pass.
  if (found.length === 0)
    throw invalid(`There is no policy in ${place}`, 'Policies are files that end in .yaml or .yml.');
  const bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  if (found.length > most.files || bytes > most.bytes) {
    throw invalid(
      `There are more than ${most.files} files or ${most.bytes / 1_000_000} MB of policies in ${place}`,
      'Put what are no policies elsewhere, and name the folder of those that are.',
    );
  }
  const texts = await repository.readFiles(
    commit,
    found.map(({ path }) => path),
  );
  return found.map(({ path, pack }) => {
    const text = texts.get(path);
    // Listed at this very commit, so that it is there: to go on without it would be to judge by fewer.
    if (text === undefined) throw new Error(`${path} is listed and could not be read`);
    return { path, text, ...(pack === undefined ? {} : { pack }) };
  });
}

/** Names that begin with a dot are of tools. */
function policyFile({ path, bytes }: ListedFile, folder: string) {
  const inside = (folder === '' ? path : path.slice(folder.length + 1)).split('/');
  const name = inside.at(-1) ?? '';
  const isPolicy =
    /\.ya?ml$/.test(name) && inside.length <= 2 && !inside.some((part) => part.startsWith('.'));
  return isPolicy ? [{ path, bytes, ...(inside.length === 2 ? { pack: inside[0]! } : {}) }] : [];
}

/**
 * Compiles an organisation's policies, which come beside Slipway's `own`. An id that is used already is an error,
 * because an exception for one policy would lift the other. Others' work goes on between two files.
 *
 * @param isOver says that there is no time for any more of them
 */
export async function compileBeside(
  own: readonly Policy[],
  texts: readonly PolicyText[],
  isOver: () => boolean = () => false,
): Promise<{ readonly policies: readonly Policy[]; readonly diagnostics: readonly Diagnostic[] }> {
  const taken = new Map(own.map(({ id, file }) => [id, `${file} of Slipway's own policies`]));
  const policies: Policy[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const text of [...texts].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    await takeBreath();
    const where = { file: text.path, line: 1, column: 1 };
    const invalid = (summary: string, remedy: string) => {
      diagnostics.push({ severity: 'error', code: 'policy-invalid', summary, remedy, where });
    };
    if (isOver()) {
      invalid('It is not read: all of them together take too long', 'Write fewer policies, or shorter ones');
      continue;
    }
    const read = parsePolicy(text.text, text.path, text.pack);
    diagnostics.push(...read.diagnostics);
    if (!read.policy) continue;
    const other = taken.get(read.policy.id);
    if (other !== undefined) {
      invalid(`The id ${read.policy.id} is used by ${other} too`, 'Give one of them another id');
      continue;
    }
    taken.set(read.policy.id, text.path);
    policies.push(read.policy);
  }
  return { policies, diagnostics };
}

/** Lets everything else that waits have its turn. */
export function takeBreath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function invalid(summary: string, remedy: string): SlipwayError {
  return new SlipwayError('policy-invalid', { summary, remedy });
}
