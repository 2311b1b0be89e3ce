import type { Audit } from '../state/audit.ts';
import { settingsDigest } from './explain-settings.ts';
import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

interface Noted {
  readonly count: number;
  readonly digest?: string | undefined;
}

/** What each record is known to have, so that it is asked only whether there is more. */
const noted = new WeakMap<Audit, Map<string, Noted>>();

/**
 * Puts it into the audit record when other settings hold than those that it has last: Slipway acts by them, or somebody
 * pushed them, past every pull request perhaps.
 *
 * @param digest of what they mean; undefined where they have errors, and nothing is done by them
 */
export async function noteSettings(
  { audit }: Pick<PullRequestWorkflow, 'audit'>,
  { fullName: repository }: Pick<Repository, 'fullName'>,
  digest: string | undefined,
): Promise<void> {
  if (digest === undefined) return;
  const known = noted.get(audit) ?? new Map<string, Noted>();
  noted.set(audit, known);
  let last: Noted = known.get(repository) ?? { count: 0 };
  const next = () => `settings ${repository} ${last.count + 1}`;
  // Other processes write, too.
  for (let row = await audit.find(next()); row; row = await audit.find(next()))
    last = { count: last.count + 1, digest: (JSON.parse(row.text) as Noted).digest };
  known.set(repository, last);
  if (last.digest !== digest) await audit.add(next(), { event: 'settings-in-force', repository, digest });
}

/** The same of the settings that the default branch has now. */
export async function notePushedSettings(
  workflow: Pick<PullRequestWorkflow, 'audit'>,
  repository: Repository,
): Promise<void> {
  const commit = await repository.defaultBranch();
  await noteSettings(workflow, repository, await settingsDigest(repository, commit));
}
