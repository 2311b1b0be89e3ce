/**
 * What is said where git and the cloud differ: on the pull request whose apply did not reach its template, with every
 * way out, and on those that have to wait for it.
 */
import { describePrincipals } from '../approval/people.ts';
import { hasChanges } from '../plan/plan.ts';
import { codeSpan, fence, oneLine, prose } from './escape.ts';
import { failsAgain } from './go-on.ts';
import { folded, type Progress } from './progress.ts';
import { isLeftBehind, isSettled, type Review, type StackReview, stateText } from './review.ts';
import { count, stateWords } from './words.ts';

/** How a merge left a stack. */
export type Unreached = 'failed' | 'cancelled' | 'rolled-back';

/** What became of a stack of a merged pull request whose apply did not reach its template. */
export interface Aftermath {
  /** What was there before the merge; absent where nothing was. */
  readonly good?: Good;
  /** Who asked to go back to that. The plan and the progress that are shown are those of going back. */
  readonly rollbackBy?: string;
  /** On whose word others may change the stack all the same. */
  readonly unlockedBy?: string;
  /** Whose later run settled it: a pull request, or somebody at the command line. */
  readonly settledBy?: number | 'the command line';
  /** The default branch. */
  readonly branch: string;
  /** How the stack's files of before come back: from the commit that `good` names, or by being removed. */
  readonly restore: readonly string[];
  readonly remove: readonly string[];
  readonly operators: readonly string[];
}

/** A version of a stack that was applied. */
export interface Good {
  readonly run: string;
  /** Which one brought it; absent where it came from the command line. */
  readonly pullRequest?: number;
  readonly commit?: string;
}

/** A stack that waits for another pull request's to be settled. */
export interface Hold {
  readonly pullRequest: number;
  readonly stage: Unreached;
  /** Whether this one takes the template back to what was there before that. */
  readonly restores: boolean;
  readonly operators: readonly string[];
}

/** `what #11 applied` */
export function describeGood(good: Good | undefined): string {
  if (!good) return 'nothing: all of it was new';
  return good.pullRequest === undefined ? `the run ${good.run}` : `what #${good.pullRequest} applied`;
}

/** Whether what is planned for the stack is to go back. */
export function isGoingBack({ phase, aftermath }: StackReview): boolean {
  return aftermath?.rollbackBy !== undefined && phase === 'planned';
}

/** Both of it, as far as the pull request has any; empty where it has none. At most `max` stacks are named. */
export function aftermathSection(review: Review, max: number): string {
  const unsettled = review.stacks.filter((s) => s.aftermath && !isSettled(s));
  return [
    ...settledLines(review.stacks, max),
    unsettled.length > 0 ? difference(review, unsettled, max) : '',
    unsettled.length > 0 ? waysOut(review, unsettled, max) : '',
    unsettled.length > 0 ? whereEachIs(review.stacks) : '',
    holds(review, max),
  ]
    .filter(Boolean)
    .join('\n\n');
}

const place = ({ file, environment }: StackReview) => `${codeSpan(file, 120)} in ${codeSpan(environment)}`;

function settledLines(stacks: readonly StackReview[], max: number): string[] {
  return stacks
    .filter(isSettled)
    .slice(0, max)
    .map((stack) => {
      const { symbol, label } = stateWords.settled;
      const by = stateText(stack).slice(label.length);
      return `${symbol} **${label}**${by}: ${place(stack)} ${isLeftBehind(stack) ? 'was not applied, and is not any more: what is left takes a new pull request' : 'is no longer held'}.`;
    });
}

/** The alert: where git and the cloud differ, and what the cloud has. */
function difference(review: Review, stacks: readonly StackReview[], max: number): string {
  const branch = codeSpan(stacks[0]?.aftermath?.branch ?? 'the default branch');
  const lines = stacks
    .slice(0, max)
    .map(
      (s) => `> - ${place(s)}: ${branch} says what #${review.pullRequest} merged, the cloud ${cloudHas(s)}`,
    );
  const hidden = stacks.length - lines.length;
  const unlocked = stacks.flatMap((s) =>
    s.aftermath?.unlockedBy === undefined ? [] : [s.aftermath.unlockedBy],
  );
  return [
    '> [!WARNING]',
    `> **${branch} and the cloud differ**`,
    ...lines,
    ...(hidden > 0 ? [`> - … and ${count(hidden, 'more stack')}`] : []),
    '>',
    unlocked.length === stacks.length
      ? `> Unlocked by ${codeSpan(`@${unlocked[0]}`)}: what others merge is applied to it as it is now.`
      : '> Until that is settled, nothing that others merge is applied to it. Then it goes on by itself.',
  ].join('\n');
}

function cloudHas({ phase, aftermath, plan, progress }: StackReview): string {
  const before = aftermath?.good ? `is at ${describeGood(aftermath.good)}` : 'has nothing of it';
  if (phase === 'rolled-back') return before;
  if (aftermath?.rollbackBy !== undefined && plan && !hasChanges(plan)) return before;
  if (!progress?.untouched) return 'has a part of it';
  return `${before}${hasFailed(progress) ? ', but for what failed on the way' : ': nothing was changed'}`;
}

function hasFailed({ steps }: Progress): boolean {
  return steps.some(({ state }) => state === 'failed');
}

/** How far a promotion has come; empty where there is only one environment. */
function whereEachIs(stacks: readonly StackReview[]): string {
  const environments = Map.groupBy(stacks, (s) => s.environment);
  if (environments.size < 2) return '';
  const told = [...environments].slice(0, 20).map(([name, of]) => {
    const has = of.every((s) => s.phase === 'applied');
    const part = of.some(hasPart);
    const begun = of.some(({ progress }) => progress?.untouched && hasFailed(progress));
    const words = has
      ? 'has it'
      : part
        ? 'has a part of it'
        : begun
          ? 'has nothing of it finished'
          : 'is as it was';
    return `${codeSpan(name)} ${words}`;
  });
  return `**Where this pull request is:** ${told.join(' · ')}`;
}

function hasPart(stack: StackReview): boolean {
  if (stack.phase === 'applied') return true;
  const stopped = stack.phase === 'failed' || stack.phase === 'cancelled' || isGoingBack(stack);
  return stopped && stack.progress !== undefined && !stack.progress.untouched;
}

/** The commands that make sense now, each with what it does. */
function waysOut(review: Review, stacks: readonly StackReview[], max: number): string {
  const stopped = stacks.filter((s) => s.phase === 'failed' || s.phase === 'cancelled');
  const forward = stopped.filter((s) => s.aftermath?.rollbackBy === undefined);
  const back = stopped.filter((s) => s.aftermath?.rollbackBy !== undefined);
  const locked = stacks.filter((s) => s.aftermath?.unlockedBy === undefined);
  const who = describePrincipals(nonEmpty(stacks[0]?.aftermath?.operators));
  const several = new Set(review.stacks.map((s) => s.environment)).size > 1;
  const named = (verb: string, of: readonly StackReview[]) => {
    const environments = [...new Set(of.map((s) => s.environment))];
    return several && environments.length === 1
      ? `\`/slipway ${verb} ${environments[0]}\``
      : `\`/slipway ${verb}\``;
  };
  const targets = [...new Set(forward.map((s) => describeGood(s.aftermath?.good)))].slice(0, max);
  const unlock =
    locked.length > 0
      ? [
          `- ${named('unlock', locked)} lets other pull requests change it as it is now, such as one that fixes it`,
        ]
      : [];
  const again = failsAgain(stopped.flatMap((s) => s.progress ?? []));
  const once = again ? ', once the cause is seen to' : '';
  return [
    `**What can be done now**, by ${prose(who)}`,
    '',
    ...(again ? unlock : []),
    ...(forward.length > 0
      ? [
          `- ${named('retry', forward)} goes on where it stopped${once}`,
          `- ${named('rollback', forward)} plans to go back to ${targets.join(', ')}, and asks for approval as any plan does`,
        ]
      : []),
    ...(back.length > 0 ? [`- ${named('retry', back)} goes on with going back${once}`] : []),
    `- **Revert** on this page proposes to take the templates back, so that ${forward.length > 0 ? 'merging it goes back' : 'git says again what the cloud has'}`,
    ...(again ? [] : unlock),
    ...gitCommands(review, stacks, max),
  ].join('\n');
}

const nonEmpty = (operators: readonly string[] = []) => (operators.length > 0 ? operators : ['write']);

/** What the Revert button does, for a terminal; exact also where the merge was a squash or a rebase. */
function gitCommands({ pullRequest }: Review, stacks: readonly StackReview[], max: number): string[] {
  const afters = stacks.flatMap((s) => (s.aftermath ? [s.aftermath] : []));
  const unique = (paths: readonly string[]) => [...new Set(paths)].slice(0, max).map(quoted).join(' ');
  const sources = Map.groupBy(
    afters.filter((a) => a.restore.length > 0),
    (a) => a.good?.commit,
  );
  // A version that no commit holds is one that git cannot bring back.
  if (sources.has(undefined) || afters.length === 0) return [];
  const removed = unique(afters.flatMap((a) => a.remove));
  const branch = quoted(afters[0]!.branch);
  const lines = [
    'git fetch origin',
    `git switch --no-track -c restore-${pullRequest} origin/${branch}`,
    ...[...sources].map(
      ([commit, all]) =>
        `git restore --source=${commit} --staged --worktree -- ${unique(all.flatMap((a) => a.restore))}`,
    ),
    ...(removed === '' ? [] : [`git rm -- ${removed}`]),
    `git commit -m 'Take back what #${pullRequest} changed'`,
    `git push -u origin restore-${pullRequest}`,
  ];
  return ['', folded('The same with git', fence('sh', lines))];
}

/** For a shell. */
function quoted(text: string): string {
  const line = oneLine(text, 500);
  return /^[\w./@-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`;
}

const stageWords: Readonly<Record<Unreached, string>> = {
  failed: 'whose apply failed',
  cancelled: 'whose apply was cancelled',
  'rolled-back': 'which was rolled back, while the default branch still says what it merged',
};

/** What this pull request waits for. */
function holds(review: Review, max: number): string {
  const held = review.stacks.filter((s) => s.hold);
  const others = held.filter((s) => !s.hold?.restores);
  return [
    ...held
      .filter((s) => s.hold?.restores)
      .slice(0, max)
      .map((s) => `${restoring(s)} Merging it settles #${s.hold?.pullRequest}.`),
    others.length === 0
      ? ''
      : [
          '> [!WARNING]',
          ...others.slice(0, max).flatMap((s) => [`> ${heldBecause(review, s)}`, '>']),
          '> It goes on by itself once that is settled.',
        ].join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function restoring(stack: StackReview): string {
  const done = stack.plan && !hasChanges(stack.plan);
  const back = `${place(stack)} is what it was before #${stack.hold?.pullRequest} again`;
  return done ? `☑️ **Nothing to do: the cloud is there already.** ${back}.` : `↩️ **Going back:** ${back}.`;
}

function heldBecause(review: Review, stack: StackReview): string {
  const { pullRequest, stage, operators } = stack.hold!;
  const waits = review.merged
    ? 'Nothing of this is applied yet'
    : 'Merged before that is settled, this waits';
  const ways =
    stage === 'rolled-back' ? 'revert it, or' : 'settle it by `/slipway retry` or `/slipway rollback`, or';
  const who = prose(describePrincipals(nonEmpty(operators)));
  return `**${place(stack)} is held by #${pullRequest}**, ${stageWords[stage]}. ${waits}. There, ${who} can ${ways} comment \`/slipway unlock\` to let others change it as it is now, which a pull request that fixes it needs.`;
}
