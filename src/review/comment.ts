import { isDestructive } from '../plan/plan.ts';
import { aftermathSection } from './aftermath.ts';
import { approvedBy } from './approved-by.ts';
import { causesSection } from './causes.ts';
import { formatCounts, shownActions, totalCounts } from './counts.ts';
import { codeSpan, prose, shorten } from './escape.ts';
import { byImportance, destroys, fitSections } from './fit.ts';
import { notCountedSection } from './not-counted.ts';
import { overlapSection } from './overlap-section.ts';
import { sortChanges } from './plan-lines.ts';
import { diagnosticSection, findingSection, type Shared, share } from './problems.ts';
import { overallState, type Review, type StackReview, stateOf, stateText } from './review.ts';
import { settingsSection } from './settings-section.ts';
import { shownFindings, stillBlocks } from './shown-finding.ts';
import { headline, nextStep, plansOf } from './verdict.ts';
import { actionWords, count, formatNumber, type State, stateWords } from './words.ts';

/** The first line of the comment, by which the App finds it again among its own. */
export const reviewMarker = '<!-- slipway:review -->';

/** GitHub refuses longer ones: 65,536 characters. A few are left for whoever adds a line. */
export const maxCommentLength = 65_000;

/** How many items the lists outside the plans show. */
interface Caps {
  readonly rows: number;
  readonly items: number;
}

const caps: readonly Caps[] = [
  { rows: 100, items: 50 },
  { rows: 50, items: 20 },
  { rows: 20, items: 8 },
  { rows: 5, items: 3 },
];

/**
 * The one comment of a pull request. Where it would be too long, the longest plan says less, step by step: values
 * shortened, values left out, counts by type, a link to the check's page; the lists around the plans are cut last.
 */
export function renderComment(review: Review): string {
  for (const cap of caps) {
    const top = renderTop(review, cap);
    const end = renderFooter(review);
    const room = maxCommentLength - top.length - end.length - 4;
    const sections = fitSections(review, room, shortenedNote(review));
    if (sections !== undefined) return [top, sections, end].filter(Boolean).join('\n\n');
  }
  // Not reachable with real input: the smallest caps bound every list and every text in it.
  return shorten(renderTop(review, { rows: 0, items: 0 }), maxCommentLength);
}

function shortenedNote(review: Review): string {
  const page = `${review.repositoryUrl}/pull/${review.pullRequest}/checks`;
  return `✂️ This is shortened. More is on [the page of the \`slipway/plan\` check](${page}).`;
}

function renderTop(review: Review, cap: Caps): string {
  const next = nextStep(review);
  return [
    `${reviewMarker}\n## ${stateWords[overallState(review)].symbol} ${headline(review)}`,
    stackTable(review, cap.rows),
    causesSection(review, cap.items),
    next === undefined ? '' : `**Next:** ${proseKeepingCode(next)}`,
    aftermathSection(review, cap.items),
    destructiveAlert(review, cap.items),
    diagnosticSection(review, cap.items),
    settingsSection(review, cap.items),
    findingSection(review, cap.items),
    overlapSection(review, cap.items),
    notCountedSection(review, cap.items),
  ]
    .filter(Boolean)
    .join('\n\n');
}

// Our own sentences hold code spans of ours, and names of others outside of them.
function proseKeepingCode(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/\S+/g, (word) => prose(word))))
    .join('');
}

function stackTable(review: Review, max: number): string {
  if (review.stacks.length === 0) return '';
  // A row says where to look; the order of the settings (dev before prod) reads best while all fit.
  const ordered = review.stacks.length > max ? byImportance(review.stacks) : review.stacks;
  const shown = ordered.slice(0, max);
  const rest = ordered.slice(shown.length);
  return [
    '| Stack | Environment | Plan | Policy | State |',
    '|:--|:--|:--|:--|:--|',
    ...shown.map((stack) => stackRow(stack, review)),
    ...(rest.length > 0 ? [`\n… and ${count(rest.length, 'more stack')}: ${describeStates(rest)}`] : []),
    ...legend(shown),
  ].join('\n');
}

/** What the signs in the table mean: those that are always there, and the rare ones that are there now. */
function legend(stacks: readonly StackReview[]): string[] {
  const plans = plansOf(stacks);
  if (plans.length === 0) return [];
  const counts = totalCounts(plans);
  const signs = shownActions(counts).map(
    (action) => `\`${actionWords[action].symbol}\` ${actionWords[action].verb}`,
  );
  return [`\n<sub>${signs.join(' · ')}</sub>`];
}

function stackRow(stack: StackReview, { repositoryUrl, pullRequest }: Review): string {
  const state = stateOf(stack);
  const { symbol } = stateWords[state];
  const counts = stack.plan ? codeSpan(formatCounts(totalCounts([stack.plan]))) : '–';
  const detail =
    state === 'waiting' || state === 'approved'
      ? (stack.decision?.summary ?? stateText(stack))
      : withApproval(stack);
  const { progressComment } = stack;
  const progress =
    progressComment === undefined
      ? ''
      : ` · [progress](${repositoryUrl}/pull/${pullRequest}#issuecomment-${progressComment})`;
  const { movedFrom } = stack.plan ?? {};
  const moved = movedFrom === undefined ? '' : `, moved from ${codeSpan(movedFrom, 120)}`;
  return `| ${codeSpan(stack.file, 120)}${moved} | ${codeSpan(stack.environment)} | ${counts} | ${policyCell(stack)} | ${symbol} ${prose(detail, 200)}${progress} |`;
}

/** Who approved what is being applied, or was. */
function withApproval(stack: StackReview): string {
  const approval = begun.includes(stateOf(stack)) ? approvedBy(stack.decision) : undefined;
  const text = stateText(stack);
  return approval === undefined ? text : `${text}, ${approval.charAt(0).toLowerCase()}${approval.slice(1)}`;
}

const begun: readonly State[] = ['applying', 'applied', 'failed', 'cancelled', 'rolled-back'];

function policyCell(stack: StackReview): string {
  if (!stack.plan) return '–';
  const blocking = shownFindings(stack).filter(stillBlocks).length;
  if (blocking > 0) return `⛔ ${formatNumber(blocking)}`;
  return stack.findings.length > 0 ? `⚠️ ${formatNumber(stack.findings.length)}` : '✅';
}

function describeStates(stacks: readonly StackReview[]): string {
  const tally = new Map<State, number>();
  for (const stack of stacks) tally.set(stateOf(stack), (tally.get(stateOf(stack)) ?? 0) + 1);
  return [...tally]
    .map(([state, n]) => `${formatNumber(n)} ${stateWords[state].label.toLowerCase()}`)
    .join(', ');
}

/** Something that goes away: what, as Markdown, and the words for it. */
interface Loss {
  readonly subject: string;
  readonly words: string;
}

/** What goes away, above everything that folds. Only while it is still to happen. */
function destructiveAlert(review: Review, max: number): string {
  const ahead: readonly State[] = ['blocked', 'waiting', 'approved', 'deferred', 'stale', 'applying'];
  const stacks = review.stacks.filter((s) => ahead.includes(stateOf(s)) && destroys(s));
  if (stacks.length === 0) return '';
  const losses = share(stacks, lossesOf);
  const several = new Set(review.stacks.map((s) => s.environment)).size > 1;
  const counts = totalCounts(stacks.flatMap((s) => s.plan ?? []));
  const parts = [
    counts.delete > 0 ? `${count(counts.delete, 'resource')} will be deleted` : '',
    counts.replace > 0 ? `${count(counts.replace, 'resource')} will be replaced` : '',
  ];
  const hidden = losses.length - Math.min(max, losses.length);
  return [
    '> [!CAUTION]',
    `> **${parts.filter(Boolean).join(', ')}**`,
    ...losses.slice(0, max).map((loss) => `> - ${lossLine(loss, several)}`),
    ...(hidden > 0 ? [`> - … and ${formatNumber(hidden)} more`] : []),
  ].join('\n');
}

function lossesOf(stack: StackReview): Loss[] {
  const all = stack.plan?.changes ?? [];
  if (all.length > 1 && all.every((c) => c.action === 'delete')) {
    const subject = `everything in ${codeSpan(stack.file, 120)}`;
    return [{ subject, words: `is **deleted**: ${count(all.length, 'resource')}` }];
  }
  const changes = sortChanges(all.filter((c) => isDestructive(c.action)));
  return changes.map(({ logicalId, type, action, replaceBecause, order }) => {
    const subject = `${codeSpan(logicalId)} (${codeSpan(type)})`;
    if (action === 'delete') return { subject, words: 'is **deleted**' };
    const why = replaceBecause.slice(0, 5).map((p) => codeSpan(p));
    const cannot = why.length > 0 ? `: ${why.join(', ')} cannot be changed in place` : '';
    const down = order === 'delete-before-create' ? '; the old one goes before the new one is there' : '';
    return { subject, words: `is **replaced**${cannot}${down}` };
  });
}

function lossLine({ item, environments }: Shared<Loss>, several: boolean): string {
  const where = several
    ? ` in ${environments
        .slice(0, 6)
        .map((e) => codeSpan(e))
        .join(', ')}`
    : '';
  return `${item.subject}${where} ${item.words}`;
}

function renderFooter(review: Review): string {
  const digests = review.stacks.flatMap((s) => (s.plan ? [s.plan.digest.slice(0, 8)] : []));
  const plan = digests.length === 1 ? ` · plan \`${digests[0]}\`` : '';
  const state = overallState(review);
  const isOver = review.merged && review.settings !== undefined;
  const commands = commandsFor(isOver ? 'applied' : state).map((c) => `\`${c}\``);
  return `<sub>Commit \`${review.headSha.slice(0, 7)}\`${plan} · ${commands.join(' · ')}</sub>`;
}

/** What makes sense to say now. */
export function commandsFor(state: State): string[] {
  const always = ['/slipway help'];
  if (state === 'waiting' || state === 'stale') return ['approve', '/slipway plan', ...always];
  if (state === 'failed' || state === 'cancelled')
    return ['/slipway retry', '/slipway rollback', '/slipway unlock', ...always];
  if (state === 'rolled-back') return ['/slipway unlock', ...always];
  if (state === 'held') return always;
  if (state === 'applying') return ['/slipway cancel', ...always];
  if (state === 'applied' || state === 'settled') return always;
  return ['/slipway plan', ...always];
}
