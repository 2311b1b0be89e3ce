/** The three checks, always under the same names however many stacks, so that branch protection can require them. */
import type { Decision } from '../approval/approval.ts';
import { joinWords } from '../approval/people.ts';
import { hasErrors } from '../base/diagnostic.ts';
import { type Annotation, findingAnnotations, planAnnotations } from './annotations.ts';
import { formatCounts, totalCounts } from './counts.ts';
import { codeSpan, oneLine, prose, shorten } from './escape.ts';
import { byImportance, fitSections } from './fit.ts';
import { notCountedOf } from './not-counted.ts';
import type { policiesCheckName } from './policies-check.ts';
import { diagnosticSection, findingSection, sharedFindings } from './problems.ts';
import { overallState, type Review, type StackReview, stateOf, stateText } from './review.ts';
import { settingsSection, withoutTemplates } from './settings-section.ts';
import { blockingPolicies, headline, nextStep, plansOf } from './verdict.ts';
import { count, formatNumber, type State, stateWords } from './words.ts';

export const checkNames = ['slipway/plan', 'slipway/policy', 'slipway/approval'] as const;
export type CheckName = (typeof checkNames)[number];

/** What GitHub's checks API takes, under its own words. */
export interface CheckOutput {
  readonly name: CheckName | typeof policiesCheckName;
  /**
   * `success` lets a required check pass, and so does `neutral`: what was
   * merged and others have settled, which is neither done nor to be done.
   */
  readonly conclusion: 'success' | 'neutral' | 'failure' | 'action_required';
  readonly title: string;
  /** Markdown, at most 65,535 characters. */
  readonly summary: string;
  /** Markdown below the summary, at most 65,535 characters: for `slipway/plan`, the plans. */
  readonly text?: string;
  readonly annotations: readonly Annotation[];
}

const maxLength = 65_000;
const maxItems = 100;

/** Exactly three, in the order of `checkNames`. A pull request that touches no template gets three successes. */
export function renderChecks(review: Review): readonly CheckOutput[] {
  const checks = [planCheck(review), policyCheck(review), approvalCheck(review)];
  return checks.map((c) => ({ ...c, title: oneLine(c.title, 200), summary: shorten(c.summary, maxLength) }));
}

const needsPerson: readonly State[] = ['foreign', 'stale', 'held', 'rolled-back'];

function planCheck(review: Review): CheckOutput {
  const name = 'slipway/plan';
  const states = statesOf(review);
  const summary = [diagnosticSection(review, maxItems), settingsSection(review, maxItems), stackList(review)]
    .filter(Boolean)
    .join('\n\n');
  const shown = { name, summary: summary || noTemplate, annotations: planAnnotations(review) } as const;
  const text = fitSections(review, maxLength, '✂️ This is shortened.');
  const all = { ...shown, ...(text ? { text } : {}) };
  if (hasErrors(review.diagnostics) || states.has('invalid')) {
    return { ...all, conclusion: 'failure', title: headline({ ...review, stacks: invalidOnly(review) }) };
  }
  if (states.has('failed') || states.has('cancelled'))
    return { ...all, conclusion: 'failure', title: headline(review) };
  if (needsPerson.some((state) => states.has(state)))
    return { ...all, conclusion: 'action_required', title: headline(review) };
  if (states.has('settled')) return { ...all, conclusion: 'neutral', title: headline(review) };
  if (review.stacks.length === 0) return { ...all, conclusion: 'success', title: withoutTemplates(review) };
  const counts = totalCounts(plansOf(review.stacks));
  const across = review.stacks.length > 1 ? ` in ${count(review.stacks.length, 'stack')}` : '';
  const quiet = [...states].every((s) => s === 'unchanged');
  return {
    ...all,
    conclusion: 'success',
    title: quiet ? stateWords.unchanged.label : `${formatCounts(counts)}${across}`,
  };
}

function policyCheck(review: Review): CheckOutput {
  const name = 'slipway/policy';
  const annotations = findingAnnotations(review);
  const found = sharedFindings(review.stacks);
  const summary = findingSection(review, maxItems) || 'No policy has anything to say.';
  const blocking = blockingPolicies(review.stacks);
  if (blocking.length > 0) {
    const title = `${count(blocking.length, 'policy is', 'policies are')} not met`;
    return { name, conclusion: 'failure', title, summary, annotations };
  }
  const unplanned = withoutPlan(review, name);
  if (unplanned) return { ...unplanned, annotations };
  if (review.stacks.length === 0)
    return {
      name,
      conclusion: 'success',
      title: withoutTemplates(review),
      summary: review.settings ? nothingToScan : noTemplate,
      annotations,
    };
  const overridden = new Set(found.flatMap(({ item }) => (item.overridden ? [item.policy] : []))).size;
  const lifted = overridden > 0 ? [`${count(overridden, 'policy', 'policies')} overridden`] : [];
  const remarks = found.filter(({ item }) => !item.overridden).length;
  const told = [...lifted, ...(remarks > 0 ? [count(remarks, 'remark')] : [])];
  const title = told.length > 0 ? `Nothing blocks; ${told.join(', ')}` : 'Every policy is met';
  return { name, conclusion: 'success', title, summary, annotations };
}

function approvalCheck(review: Review): CheckOutput {
  const name = 'slipway/approval';
  const unplanned = withoutPlan(review, name);
  if (unplanned) return unplanned;
  if (review.settings?.gate) return settingsCheck(name, review, review.settings.gate.decision);
  if (review.stacks.length === 0) {
    const title = withoutTemplates(review);
    return { name, conclusion: 'success', title, summary: noTemplate, annotations: [] };
  }
  const summary = approvalSummary(review);
  const open = review.stacks.filter((s) => !isAllowed(s));
  if (open.length === 0) {
    const by = [...new Set(review.stacks.flatMap((s) => s.decision?.rules.flatMap((r) => r.by) ?? []))];
    const title =
      by.length > 0
        ? `Approved by ${joinWords(
            by.slice(0, 10).map((login) => `@${login}`),
            'and',
          )}`
        : 'No approval is needed';
    return { name, conclusion: 'success', title, summary, annotations: [] };
  }
  const summaries = [...new Set(open.map((s) => s.decision?.summary ?? stateText(s)))];
  const title =
    summaries.length === 1 ? (summaries[0] ?? '') : `${count(open.length, 'stack')} not approved yet`;
  return { name, conclusion: 'action_required', title, summary, annotations: [] };
}

/** Of other settings. Those that were merged hold, so that to approve them late would be no approval. */
function settingsCheck(name: CheckName, review: Review, decision: Decision): CheckOutput {
  const conclusion = decision.allowed ? 'success' : 'action_required';
  const items = [
    `- ${prose(decision.summary)}`,
    ...decision.rejected.slice(0, maxItems).map((r) => `- not counted: ${prose(r.reason, 300)}`),
  ];
  const summary = [items.join('\n'), settingsSection(review, maxItems)].join('\n\n');
  return { name, conclusion, title: decision.summary, summary, annotations: [] };
}

const nothingToScan = 'This pull request touches no template, so there is nothing that policies look at.';

const noTemplate =
  'This pull request touches no template, so there is nothing to plan, to check or to approve.';

/** A check that cannot be decided without a plan: never a success. */
function withoutPlan(review: Review, name: CheckName): CheckOutput | undefined {
  const states = statesOf(review);
  if (hasErrors(review.diagnostics) || states.has('invalid')) {
    const summary = 'Without a plan this cannot be decided. The `slipway/plan` check says what is wrong.';
    return { name, conclusion: 'failure', title: 'There is no plan', summary, annotations: [] };
  }
  if (states.has('foreign')) {
    const summary = nextStep(review) ?? '';
    return { name, conclusion: 'action_required', title: 'There is no plan yet', summary, annotations: [] };
  }
  return undefined;
}

function statesOf(review: Review): ReadonlySet<State> {
  return new Set(review.stacks.map(stateOf));
}

function invalidOnly(review: Review): StackReview[] {
  return review.stacks.filter((s) => stateOf(s) === 'invalid');
}

/** What was begun was allowed; what is stale has to be approved again. */
function isAllowed(stack: StackReview): boolean {
  const allowed: readonly State[] = [
    'unchanged',
    'approved',
    'deferred',
    'held',
    'applying',
    'applied',
    'failed',
    'cancelled',
    'rolled-back',
    'settled',
  ];
  return allowed.includes(stateOf(stack));
}

function stackList(review: Review): string {
  const shown = byImportance(review.stacks).slice(0, maxItems);
  const hidden = review.stacks.length - shown.length;
  return [
    ...shown.map((s) => {
      const { symbol } = stateWords[stateOf(s)];
      const counts = s.plan ? ` ${codeSpan(formatCounts(totalCounts([s.plan])))}` : '';
      return `- ${symbol} ${codeSpan(s.file, 120)} in ${codeSpan(s.environment)}${counts} ${prose(stateText(s))}`;
    }),
    ...(hidden > 0 ? [`- … and ${count(hidden, 'more stack')}`] : []),
  ].join('\n');
}

function approvalSummary(review: Review): string {
  const shown = byImportance(review.stacks).slice(0, maxItems);
  const items = shown.flatMap((s) => [
    `- ${codeSpan(s.file, 120)} in ${codeSpan(s.environment)}: ${prose(s.decision?.summary ?? stateText(s))}`,
    ...notCountedOf(s, review)
      .slice(0, 5)
      .map((r) => `  - not counted: ${prose(r.reason, 300)}`),
    ...(s.decision?.rules ?? []).flatMap((r) =>
      r.problem === undefined
        ? []
        : [`  - a rule's condition could not be decided, so the rule applies: ${prose(r.problem, 300)}`],
    ),
  ]);
  const hidden = review.stacks.length - shown.length;
  const rest = hidden > 0 ? [`- … and ${formatNumber(hidden)} more`] : [];
  const open = ['waiting', 'stale'].includes(overallState(review));
  const next = open ? nextStep(review) : undefined;
  return [...items, ...rest, ...(next ? ['', next.replace(/@[\w/-]+/g, (m) => codeSpan(m))] : [])].join('\n');
}
