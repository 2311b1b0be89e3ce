/** The sentence that says how a pull request stands, and the one that says what to do next. */
import type { RuleOutcome } from '../approval/approval.ts';
import { cannotBeMet } from '../approval/missing.ts';
import { isUserPrincipal, joinWords } from '../approval/people.ts';
import type { Plan } from '../plan/plan.ts';
import { describeGood, isGoingBack } from './aftermath.ts';
import { stoppedRuns } from './causes.ts';
import { describePlans } from './counts.ts';
import { howToGoOn } from './go-on.ts';
import { sharedDiagnostics } from './problems.ts';
import { describeOutcome, describeSteps } from './progress.ts';
import { overallState, type Review, type StackReview, stateOf, stateText } from './review.ts';
import { settingsHeadline, settingsNextStep } from './settings-section.ts';
import { shownFindings, stillBlocks } from './shown-finding.ts';
import { count, type State, stateWords } from './words.ts';

/** Plain text: `Waiting for approval: 1 to delete, 3 to create`. The heading of the comment, titles of checks. */
export function headline(review: Review): string {
  const state = overallState(review);
  const label = state === 'settled' ? settledBy(review.stacks) : stateWords[state].label;
  if (review.stacks.length === 0 && state !== 'invalid') return settingsHeadline(review);
  const about = headlineDetail(review, state);
  return about === '' ? label : `${label}: ${about}`;
}

/** `Settled by #14`; without whom where it was several. */
function settledBy(stacks: readonly StackReview[]): string {
  const texts = [...new Set(stacks.filter((s) => stateOf(s) === 'settled').map(stateText))];
  return texts.length === 1 ? texts[0]! : stateWords.settled.label;
}

function headlineDetail(review: Review, state: State): string {
  const concerned = review.stacks.filter((s) => stateOf(s) === state);
  switch (state) {
    case 'invalid': {
      // As many as are listed: what is the same in several environments is one.
      const errors = sharedDiagnostics(review).filter(({ item }) => item.severity === 'error').length;
      return errors === 0 ? '' : count(errors, 'error');
    }
    case 'blocked':
      return `${count(blockingPolicies(concerned).length, 'policy is', 'policies are')} not met`;
    case 'failed':
    case 'cancelled':
    case 'applied':
      return joinWords(
        concerned
          .flatMap((s) => (s.progress ? [outcomeOf(s, state, review.stacks.length > 1)] : []))
          .slice(0, 5),
        'and',
      );
    case 'foreign':
      return 'a pull request from a fork is planned only when an operator asks';
    case 'unchanged':
      return '';
    case 'stale':
      return 'the plan is not the approved one';
    case 'held': {
      const firsts = concerned.map((s) => (s.hold ? `#${s.hold.pullRequest}` : s.waitsFor));
      const others = [...new Set(firsts)].filter((first) => first !== undefined);
      return others.length === 0 ? '' : `waiting for ${joinWords(others.slice(0, 5), 'and')}`;
    }
    case 'rolled-back':
      return joinWords(
        [...new Set(concerned.map((s) => `to ${describeGood(s.aftermath?.good)}`))].slice(0, 5),
        'and',
      );
    case 'settled': {
      // What had become of it. What waited for that is settled with it.
      const ends = concerned.filter((s) => s.phase !== 'held' && s.phase !== 'planned');
      return joinWords(
        [...new Set(ends.map((s) => stateWords[s.phase as State].label.toLowerCase()))],
        'and',
      );
    }
    case 'deferred':
      return describePlans(plansOf(concerned));
    default: {
      const back = concerned.find(isGoingBack);
      if (back)
        return `going back to ${describeGood(back.aftermath?.good)}, ${describePlans(plansOf(concerned))}`;
      return describePlans(plansOf(review.stacks));
    }
  }
}

function outcomeOf(stack: StackReview, state: State, named: boolean): string {
  if (!stack.progress) return '';
  const words =
    state === 'applied'
      ? describeSteps(stack.progress) || withoutSteps(stack)
      : describeOutcome(stack.progress);
  const told = stack.progress.back && state !== 'applied' ? `going back, ${words}` : words;
  return named ? `${told} in ${stack.environment}` : told;
}

function withoutSteps({ plan }: StackReview): string {
  return plan?.movedFrom === undefined ? 'nothing to do' : 'template moved';
}

export function plansOf(stacks: readonly StackReview[]): Plan[] {
  return stacks.flatMap((s) => (s.plan ? [s.plan] : []));
}

export function blockingPolicies(stacks: readonly StackReview[]): string[] {
  return [
    ...new Set(
      stacks.flatMap((s) =>
        shownFindings(s)
          .filter(stillBlocks)
          .map((f) => f.policy),
      ),
    ),
  ].sort();
}

/** What a person can do now, as Markdown; undefined when there is nothing to do. */
export function nextStep(review: Review): string | undefined {
  const state = overallState(review);
  const { gate } = review.settings ?? {};
  if (gate && state !== 'invalid') return settingsNextStep(review, missingOf(gate.decision.rules));
  switch (state) {
    case 'invalid':
      return howToMend(review);
    case 'foreign':
      return 'An operator who has read the change comments `/slipway plan`.';
    case 'blocked':
      return howToUnblock(review);
    case 'waiting': {
      const then = review.merged
        ? `It is merged, and nothing is ${review.stacks.some(isGoingBack) ? 'taken back' : 'applied'} before that.`
        : `Then merge, and exactly this is applied${laterWords(review)}.`;
      return `An approval by ${whoIsMissing(review)}: the comment \`approve\`, or a review. ${then}`;
    }
    case 'approved':
      return review.merged
        ? 'It is merged and will be applied now.'
        : `Merge it. Slipway plans the merged commit again, and applies only if the plan is still this one${laterWords(review)}.`;
    case 'deferred':
      return `Merge it${laterWords(review)}.`;
    case 'stale':
      return `${nothingDone(review)}See below what is different now, then comment \`approve\` again.`;
    case 'failed':
    case 'cancelled':
      return howToGoOn(stoppedRuns(review.stacks));
    default:
      return undefined;
  }
}

/** Where approval is asked for only after the merge: empty where it is nowhere. */
function laterWords({ stacks }: Review): string {
  const later = [...new Set(stacks.filter((s) => stateOf(s) === 'deferred').map((s) => s.environment))];
  if (later.length === 0) return '';
  const names = joinWords(later.slice(0, 5), 'and');
  return `; for ${names}, approval is asked for after the merge, when it is planned again`;
}

/** Not where another stack was applied, or this one begun by an attempt before. */
function nothingDone({ stacks }: Review): string {
  const begun = stacks.some((s) => s.phase === 'applied' || s.progress || s.progressComment !== undefined);
  return begun ? '' : 'Nothing was applied. ';
}

function howToUnblock(review: Review): string {
  const { merged, stacks } = review;
  const fix = merged
    ? `${nothingDone(review)}Fix the findings below in another pull request.`
    : 'Fix the findings below and push.';
  const others = blockingPolicies(stacks)
    .flatMap((policy) => whoMayLift(policy, stacks) ?? [])
    .slice(0, 3)
    .map(({ policy, by }) => ` Or ${by}: \`/slipway override ${policy} <reason>\`.`);
  const nobody = blockingPolicies(stacks)
    .flatMap((policy) => whereNobodyMay(policy, stacks) ?? [])
    .slice(0, 3);
  return `${fix}${others.join('')}${nobody.join('')}`;
}

/** Of a policy that may be overridden: that the settings name nobody for it, and where. */
function whereNobodyMay(policy: string, stacks: readonly StackReview[]): string | undefined {
  const closed = stacks.filter(
    ({ decision, findings }) =>
      decision?.blockedBy.includes(policy) &&
      !decision.overridable?.some((o) => o.policy === policy) &&
      findings.some((f) => f.policy === policy && f.enforcement === 'overridable'),
  );
  if (closed.length === 0) return undefined;
  const names = joinWords([...new Set(closed.map((s) => s.environment))].slice(0, 5), 'and');
  return ` Nobody may override \`${policy}\` in ${names}; \`overrides\` in \`.github/slipway.yml\` would say who may.`;
}

/** Whose words would lift it everywhere; undefined where the policy would still block a stack. */
function whoMayLift(policy: string, stacks: readonly StackReview[]) {
  const blocked = stacks.filter((s) => s.decision?.blockedBy.includes(policy));
  const environmentsOf = new Map<string, Set<string>>();
  for (const { decision, environment } of blocked) {
    const way = decision?.overridable?.find((o) => o.policy === policy);
    if (!way) return undefined;
    environmentsOf.set(way.by, (environmentsOf.get(way.by) ?? new Set()).add(environment));
  }
  const several = new Set(stacks.map((s) => s.environment)).size > 1;
  const people = [...environmentsOf].map(([by, environments]) =>
    several ? `${by} for ${joinWords([...environments].slice(0, 5), 'and')}` : by,
  );
  return people.length === 0 ? undefined : { policy, by: joinWords(people.slice(0, 5), 'and') };
}

// What needs no right to give commands.
const planAgain = 'push a commit, or press Re-run of the check `slipway/plan`';

function howToMend(review: Review): string {
  if (review.merged) return `${nothingDone(review)}Fix what is below, then comment \`/slipway retry\`.`;
  const all = [...review.diagnostics, ...review.stacks.flatMap((s) => s.diagnostics)];
  const errors = all.filter((d) => d.severity === 'error');
  if (errors.some((d) => d.code === 'settings-mixed'))
    return 'Split this pull request: the settings in one of their own, which is merged first.';
  const isSettings = errors.some((d) => d.code.startsWith('settings-'));
  if (isSettings && review.settings) return 'Fix the settings in this pull request and push.';
  if (isSettings) return `The settings are read from the base branch. Fix them there, then ${planAgain}.`;
  // What is in no file cannot be mended by a push.
  if (errors.every((d) => d.where === undefined)) return `Fix what is below, then ${planAgain}.`;
  return 'Fix the errors below and push.';
}

function whoIsMissing(review: Review): string {
  const byEnvironment = new Map<string, Set<string>>();
  for (const stack of review.stacks) {
    if (stateOf(stack) !== 'waiting') continue;
    const words = missingOf(stack.decision?.rules ?? []);
    byEnvironment.set(words, (byEnvironment.get(words) ?? new Set()).add(stack.environment));
  }
  const parts = [...byEnvironment].slice(0, 5).map(([words, environments]) => {
    const where = review.stacks.length > 1 ? ` for ${joinWords([...environments].slice(0, 5), 'and')}` : '';
    return `${words}${where}`;
  });
  return joinWords(parts, 'and');
}

function missingOf(rules: readonly RuleOutcome[]): string {
  return joinWords(rules.filter((r) => !r.met).map(missingFrom), 'and') || 'somebody';
}

const namesShown = 5;

/** `1 of @acme/infra (@operator or @reviewer)`: people are named where they are not what the rule itself says. */
function missingFrom(outcome: RuleOutcome): string {
  const { wanted = 'somebody', canGive = [], missingTeams = [] } = outcome;
  if (missingTeams.length > 0) return `${wanted} (there is no team ${joinWords(missingTeams, 'or')})`;
  if (cannotBeMet(outcome))
    return `${wanted} (${canGive.length === 0 ? 'nobody is' : `only ${joinWords(canGive, 'and')} ${canGive.length === 1 ? 'is' : 'are'}`} left who may, since the author and committers do not count)`;
  const said = wanted.split(/[\s(),]+/);
  const people = canGive.filter((one) => isUserPrincipal(one) && !said.includes(one));
  if (people.length === 0) return wanted;
  const more = people.length > namesShown ? [`${people.length - namesShown} more`] : [];
  return `${wanted} (${joinWords([...people.slice(0, namesShown), ...more], 'or')})`;
}
