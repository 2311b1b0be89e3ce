/**
 * review/ makes what people see: comment, checks, progress, issue, replies, plan in a terminal. In: plans,
 * findings, decisions and progress as data. Out: text. It decides nothing: numbers and verdicts are only put in
 * words here, from one `Review`, so that all places agree.
 */
import type { Decision } from '../approval/approval.ts';
import type { SettingsChange } from '../approval/decide-settings.ts';
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { hasChanges, type Plan } from '../plan/plan.ts';
import type { Finding } from '../policy/finding.ts';
import type { StackId } from '../stack/stack.ts';
import type { Aftermath, Hold } from './aftermath.ts';
import type { OtherPlan } from './overlap-section.ts';
import type { Progress } from './progress.ts';
import { type State, states, stateWords } from './words.ts';

/** What Slipway did last with a stack. Whether a planned stack waits or is approved follows from its decision. */
export type Phase =
  | 'planned'
  | 'stale'
  | 'held'
  | 'applying'
  | 'applied'
  | 'failed'
  | 'cancelled'
  | 'rolled-back';

/** One stack as the pull request touches it. */
export interface StackReview {
  readonly stack: StackId;
  readonly environment: string;
  /** The template's path in the repository. */
  readonly file: string;
  /** Where it was when it was applied, if that was elsewhere: also where there is no plan that could say so. */
  readonly movedFrom?: string;
  readonly phase: Phase;
  /** Undefined when the stack cannot be planned. */
  readonly plan?: Plan;
  /** Errors mean that it cannot be planned. */
  readonly diagnostics: readonly Diagnostic[];
  readonly findings: readonly Finding[];
  readonly decision?: Decision;
  /** The plan that people saw or approved before this one; the difference is shown. */
  readonly previous?: Plan;
  /** Of the run that applies it, or did. */
  readonly progress?: Progress;
  /** GitHub's id of the comment that shows it. */
  readonly progressComment?: number;
  /** Of a merged pull request, where its apply did not reach the template or was gone back on. */
  readonly aftermath?: Aftermath;
  /** Another pull request's apply that did so, for which this one has to wait. */
  readonly hold?: Hold;
  /** Before the merge: its environment asks for approval only after it. */
  readonly deferred?: true;
  /** The environment, or the template, that comes first and is not applied yet. */
  readonly waitsFor?: string;
}

/** Settings, or CODEOWNERS, as a pull request proposes them. */
export interface SettingsReview {
  /** What they would mean, a sentence each. */
  readonly lines: readonly string[];
  /** What has to be approved, and whether it is; absent where they cannot be read or mean the same as before. */
  readonly gate?: { readonly change: SettingsChange; readonly decision: Decision };
}

export interface Review {
  /** `https://github.com/acme/shop`, without a slash at the end. */
  readonly repositoryUrl: string;
  readonly pullRequest: number;
  /** The login of who opened it. */
  readonly author: string;
  readonly headSha: string;
  /** A merged pull request is applied once approved; an open one when it is merged. */
  readonly merged: boolean;
  readonly stacks: readonly StackReview[];
  /** What is wrong with the settings, or with everything. */
  readonly diagnostics: readonly Diagnostic[];
  /** What it makes of the settings; absent where it changes none. */
  readonly settings?: SettingsReview;
  /** What other open pull requests plan for the same stacks; by number. */
  readonly others?: readonly OtherPlan[];
}

/** Where one stack stands. */
export function stateOf(stack: StackReview): State {
  if (isSettled(stack)) return 'settled';
  if (stack.phase !== 'planned') return hasErrors(stack.diagnostics) && !stack.plan ? 'invalid' : stack.phase;
  if (!stack.plan) return isForeign(stack.diagnostics) ? 'foreign' : 'invalid';
  if (!hasChanges(stack.plan)) return 'unchanged';
  if (stack.decision && stack.decision.blockedBy.length > 0) return 'blocked';
  if (stack.deferred) return 'deferred';
  return stack.decision?.allowed ? 'approved' : 'waiting';
}

/** Whether somebody else's run has settled what a merge left: it asks for nothing any more. */
export function isSettled({ phase, aftermath }: StackReview): boolean {
  return aftermath?.settledBy !== undefined && phase !== 'applied';
}

/** Whether a merge did not get to it, and does not any more: what comes first was settled by others. */
export function isLeftBehind({ phase, aftermath }: StackReview): boolean {
  return phase === 'held' && aftermath?.settledBy !== undefined;
}

/** Whether nothing is wrong with it but where it comes from: a fork's is planned when an operator asks for it. */
function isForeign(diagnostics: readonly Diagnostic[]): boolean {
  const errors = diagnostics.filter((d) => d.severity === 'error');
  return errors.length > 0 && errors.every((d) => d.code === 'template-fork');
}

/** The same in words: `Applied`, `On hold: waiting for dev`. Plain text. */
export function stateText(stack: StackReview): string {
  const state = stateOf(stack);
  const by = stack.aftermath?.settledBy;
  const { label } = stateWords[state];
  if (state === 'settled') return `${label} by ${typeof by === 'number' ? `#${by}` : by}`;
  const first = stack.hold ? `#${stack.hold.pullRequest}` : stack.waitsFor;
  return state === 'held' && first !== undefined ? `${label}: waiting for ${first}` : label;
}

/** Where other settings stand that need an approval; undefined where there are none. */
export function settingsState({ settings, merged }: Pick<Review, 'settings' | 'merged'>): State | undefined {
  if (!settings?.gate) return undefined;
  if (!settings.gate.decision.allowed) return 'waiting';
  return merged ? 'applied' : 'approved';
}

/** Whether anything is shown that somebody can approve. */
export function isVotedOn({ stacks, settings }: Pick<Review, 'stacks' | 'settings'>): boolean {
  return stacks.length > 0 || settings?.gate !== undefined;
}

/** Every decision that is shown. */
export function decisionsOf({ stacks, settings }: Pick<Review, 'stacks' | 'settings'>): readonly Decision[] {
  return [...stacks.flatMap((s) => s.decision ?? []), ...(settings?.gate ? [settings.gate.decision] : [])];
}

/** Where the pull request stands: as the stack, or the settings, that need a person most. */
export function overallState(review: Pick<Review, 'stacks' | 'diagnostics' | 'settings' | 'merged'>): State {
  if (hasErrors(review.diagnostics)) return 'invalid';
  const present = new Set([...review.stacks.map(stateOf), settingsState(review) ?? 'unchanged']);
  return states.find((state) => present.has(state)) ?? 'unchanged';
}
