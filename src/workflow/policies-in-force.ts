import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { SlipwayError } from '../base/error.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicySet, PolicySets } from '../state/policy-sets.ts';
import { compileBeside } from './policy-files.ts';
import { fromElsewhere, type PolicySource, sourceName } from './policy-source.ts';

/** The policies that plans are judged by: Slipway's own, and those of the organisation's repository. */
export interface PoliciesInForce {
  /** Throws `policy-invalid`, or `policy-unread`, where there are fewer than are configured. */
  policies(): readonly Policy[];
  /** That those in force are not those of today, where they are not. */
  notices(): readonly Diagnostic[];
  /**
   * `earlier`: those of today are broken, and those of an earlier commit stay in force. `broken`: there are no earlier
   * ones. `unread`: nobody has looked yet.
   */
  standing(): 'ok' | 'earlier' | 'broken' | 'unread';
  /** Takes up what this or another process has read since. Cheap where that is nothing. */
  refresh(): Promise<void>;
}

/**
 * An organisation's policies that were good once stay in force while its branch has broken ones: they are a gate that
 * was approved, and the organisation's plans need not stand still for a slip of the pen. That is told with every plan.
 * Where none were good yet, nothing is judged.
 */
export function policiesInForce(
  own: readonly Policy[],
  source: PolicySource,
  sets: Pick<PolicySets, 'get' | 'files'>,
): PoliciesInForce {
  let known: PolicySet | undefined;
  let all: readonly Policy[] | undefined;
  let broken: readonly Diagnostic[] = [];
  let refreshing: Promise<void> = Promise.resolve();
  // Told of in other repositories, the files bear the name of theirs.
  const named = (policy: Policy) => ({ ...policy, file: `${source.owner}/${source.repo}:${policy.file}` });

  async function load(): Promise<void> {
    const found = await sets.get(sourceName(source));
    if (found?.commit !== known?.commit || !all) {
      const files = found?.commit === undefined ? undefined : await sets.files(sourceName(source));
      const compiled = files && (await compileBeside(own, files));
      broken = compiled ? compiled.diagnostics : (found?.problems ?? []);
      all = compiled && !hasErrors(broken) ? [...own, ...compiled.policies.map(named)] : undefined;
    }
    known = found;
  }

  return {
    policies() {
      if (all) return all;
      if (!known) throw unread(source);
      throw new SlipwayError('policy-invalid', {
        summary: `The policies of ${sourceName(source)} cannot be used`,
        diagnostics: shortened(fromElsewhere(source, broken)),
      });
    },
    notices() {
      return all && known && known.problems.length > 0 ? [outdated(source, known)] : [];
    },
    standing() {
      if (!known) return 'unread';
      if (!all) return 'broken';
      return known.problems.length > 0 ? 'earlier' : 'ok';
    },
    refresh() {
      // One after the other, or the slower one would put back what the quicker one has replaced.
      refreshing = refreshing.catch(() => {}).then(load);
      return refreshing;
    },
  };
}

/** So many mistakes are told where none of them can be mended. */
const mostTold = 10;

function shortened(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const more = diagnostics.length - mostTold;
  if (more <= 0) return diagnostics;
  const rest: Diagnostic = {
    severity: 'error',
    code: 'policy-invalid',
    summary: `${more} more mistakes in the policies`,
  };
  return [...diagnostics.slice(0, mostTold), rest];
}

function unread(source: PolicySource): SlipwayError {
  return new SlipwayError('policy-unread', {
    summary: `The policies of ${sourceName(source)} have not been read yet`,
    remedy: 'Wait until GitHub answers again; the log of the App says what keeps it.',
  });
}

function outdated(source: PolicySource, { seen, commit, problems }: PolicySet): Diagnostic {
  const [first] = fromElsewhere(source, problems);
  const at = seen === '' ? '' : ` since ${seen.slice(0, 12)}`;
  return {
    severity: 'warning',
    code: 'policy-outdated',
    summary: `The policies of ${sourceName(source)} cannot be used${at}: those of ${commit?.slice(0, 12)} are still in force`,
    ...(first ? { detail: first.summary } : {}),
    remedy: 'Mend them there; the check slipway/policies has every mistake.',
  };
}
