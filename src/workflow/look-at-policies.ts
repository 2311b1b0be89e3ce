import { canonicalJson } from '../base/canonical-json.ts';
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { diagnosticsOf, SlipwayError } from '../base/error.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicySet, PolicyText } from '../state/policy-sets.ts';
import { compileBeside, type PolicyRepository, readPolicyTexts } from './policy-files.ts';
import { isPinned, type PolicySource } from './policy-source.ts';

/** What the organisation's repository has now. */
export interface Look {
  readonly found: PolicySet;
  /** Those that are in force from now on; absent where they stay what they are. */
  readonly files?: readonly PolicyText[];
}

/**
 * Looks whether the organisation's policies are other ones by now. Undefined where it is as it was: what is pinned to a
 * commit is not even asked for. What is wrong there is in the result; that GitHub does not answer is thrown.
 *
 * @param open gives undefined where the App is not installed there, or there is no such repository
 */
export async function lookAtPolicies(
  own: readonly Policy[],
  source: PolicySource,
  open: () => Promise<PolicyRepository | undefined>,
  known: PolicySet | undefined,
): Promise<Look | undefined> {
  if (isPinned(source) && known?.commit === source.ref) return undefined;
  const repository = await open();
  const at = await commitOf(source, repository);
  const seen = 'commit' in at ? at.commit : '';
  // What was broken may be right with another version of Slipway, whose own policies have other ids.
  if (known && seen !== '' && known.seen === seen && known.problems.length === 0) return undefined;
  const { files, problems } = 'commit' in at ? await readAll(own, source, repository!, seen) : at;
  // With others that are in force, the mistake is told beside them.
  if (!files) {
    const found = { seen, commit: known?.commit, problems };
    const isSame = known?.seen === seen && canonicalJson(known.problems) === canonicalJson(problems);
    return isSame ? undefined : { found };
  }
  return { found: { seen, commit: seen, problems: [] }, files };
}

type At =
  | { readonly commit: string }
  | { readonly files?: undefined; readonly problems: readonly Diagnostic[] };

async function commitOf(source: PolicySource, repository: PolicyRepository | undefined): Promise<At> {
  const { owner, repo, ref } = source;
  if (!repository) {
    return nowhere(
      'There is no such repository, or Slipway is not installed on it',
      `Install the App on ${owner}/${repo}, or mend SLIPWAY_POLICY_REPOSITORY.`,
    );
  }
  const [commit, ...more] = await repository.commitsOf(ref);
  if (commit === undefined) {
    return nowhere(
      `There is no branch and no tag ${ref}`,
      'Mend SLIPWAY_POLICY_REPOSITORY. A commit is named by all 40 characters of its id.',
    );
  }
  if (more.length > 0) {
    return nowhere(
      `There is a branch and a tag ${ref}`,
      `Write refs/heads/${ref} or refs/tags/${ref} in SLIPWAY_POLICY_REPOSITORY.`,
    );
  }
  return { commit };
}

function nowhere(summary: string, remedy: string): At {
  return { problems: [{ severity: 'error', code: 'policy-unread', summary, remedy }] };
}

async function readAll(
  own: readonly Policy[],
  source: PolicySource,
  repository: PolicyRepository,
  commit: string,
): Promise<{ readonly files?: readonly PolicyText[]; readonly problems: readonly Diagnostic[] }> {
  try {
    const files = await readPolicyTexts(repository, commit, source);
    const { diagnostics } = await compileBeside(own, files);
    return hasErrors(diagnostics) ? { problems: diagnostics } : { files, problems: [] };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { problems: diagnosticsOf(error) };
  }
}
