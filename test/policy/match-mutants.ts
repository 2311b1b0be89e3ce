import type { Policy } from '../../src/policy/policy.ts';

/** A policy that looks at something else than was written, and what else in words. */
interface MatchMutant {
  readonly change: string;
  readonly policy: Policy;
}

/**
 * The policy with one thing that it looks at dropped, for every such thing where there are several: a type, an action,
 * a path of `foreach`; and, where it names its actions, one that looks at those by default.
 */
export function matchMutantsOf(policy: Policy): MatchMutant[] {
  const { match, foreach } = policy;
  const { actions, ...anyActions } = match;
  // What passes would pass all the more where less is looked at: only what fails shows that it was looked at.
  const less = { ...policy, examples: { ...policy.examples, pass: [] } };
  return [
    ...withoutEach(match.types).map(([type, types]) => ({
      change: `does not look at ${type}`,
      policy: { ...less, match: { ...match, types } },
    })),
    ...withoutEach(actions ?? []).map(([action, others]) => ({
      change: `does not look at the action ${action}`,
      policy: { ...less, match: { ...match, actions: others } },
    })),
    ...withoutEach(foreach?.paths ?? []).map(([{ source, type }, paths]) => ({
      change: `does not walk ${source}${type === undefined ? '' : ` of ${type}`}`,
      policy: { ...less, foreach: { ...foreach!, paths } },
    })),
    ...(actions ? [{ change: 'names no actions', policy: { ...policy, match: anyActions } }] : []),
  ];
}

/** Each with the others. Without one that is alone, nothing would be left to look at. */
function withoutEach<T>(all: readonly T[]): [T, T[]][] {
  if (all.length < 2) return [];
  return all.map((one, index) => [one, all.toSpliced(index, 1)]);
}
