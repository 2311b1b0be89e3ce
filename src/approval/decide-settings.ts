/** The gate of a pull request that changes the rules themselves. */
import { type ApprovalRule, type Decision, defaultRule, settingsSubject } from './approval.ts';
import { type ApplicableRule, summarise, type Weighing, weighRules } from './outcomes.ts';
import { isCodeowners } from './people.ts';

/** A change of the settings, of CODEOWNERS, or of both. */
export interface SettingsChange {
  /** Of what they mean, before and after: what an approval is bound to. */
  readonly digest: string;
  /** Of what they mean after it alone: what is merged is compared with it. */
  readonly after: string;
  /** The paths of the files that it changes. */
  readonly files: readonly string[];
}

export interface SettingsDecisionInput extends Omit<Weighing, 'plan'> {
  readonly change: SettingsChange;
  /** Those of every environment, from the base branch. */
  readonly rules: readonly ApprovalRule[];
  /** Who owns a file by the base branch's CODEOWNERS. */
  ownersOf(path: string): readonly string[];
}

/**
 * Whether these settings may be merged: by the rules that hold today, all of every environment, whatever their
 * conditions. What other settings let through later nobody can tell, so they are asked for as the most that there is.
 */
export function decideSettings({ change, rules, ownersOf, ...said }: SettingsDecisionInput): Decision {
  const head = { stack: settingsSubject, environment: 'the settings' };
  const applicable = strictest(rules).flatMap((rule): readonly ApplicableRule[] => {
    if (!rule.from.some(isCodeowners)) return [{ rule, file: settingsSubject, owners: [] }];
    return change.files.map((file) => ({ rule, file, owners: ownersOf(file) }));
  });
  const plan = { ...head, digest: change.digest };
  const { outcomes, rejected } = weighRules({ ...said, plan }, applicable);
  return {
    ...head,
    allowed: outcomes.length > 0 && outcomes.every((o) => o.met),
    summary: summarise(outcomes, [], []),
    rules: outcomes,
    rejected,
    blockedBy: [],
  };
}

/** Of rules for the same people the one that asks for the most of them, without conditions. Never none. */
function strictest(rules: readonly ApprovalRule[]): readonly ApprovalRule[] {
  const bySame = new Map<string, ApprovalRule>();
  for (const { from, count } of rules.length > 0 ? rules : [defaultRule]) {
    const people = JSON.stringify([...new Set(from.map((one) => one.toLowerCase()))].sort());
    const known = bySame.get(people);
    if (!known || known.count < count) bySame.set(people, { from, count });
  }
  return [...bySame.values()];
}
