/** Errors and findings as Markdown lists: what, where, and how to mend it. */

import type { Overridden } from '../approval/approval.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { severities } from '../policy/finding.ts';
import { codeSpan, prose } from './escape.ts';
import { sourceLink } from './links.ts';
import type { Review, StackReview } from './review.ts';
import { type ShownFinding, shownFindings, stillBlocks } from './shown-finding.ts';
import { count, severitySymbols } from './words.ts';

/** Something that may hold in several environments alike, said once. */
export interface Shared<T> {
  readonly item: T;
  readonly environments: readonly string[];
}

/** The same item of several stacks becomes one. */
export function share<T>(
  stacks: readonly StackReview[],
  itemsOf: (s: StackReview) => readonly T[],
): Shared<T>[] {
  const shared = new Map<string, { item: T; environments: Set<string> }>();
  for (const stack of stacks) {
    for (const item of itemsOf(stack)) {
      const key = canonicalJson(item);
      const entry = shared.get(key) ?? { item, environments: new Set() };
      entry.environments.add(stack.environment);
      shared.set(key, entry);
    }
  }
  return [...shared.values()].map((s) => ({ item: s.item, environments: [...s.environments] }));
}

/** Findings of all stacks, worst first. */
export function sharedFindings(stacks: readonly StackReview[]): Shared<ShownFinding>[] {
  const rank = ({ item }: Shared<ShownFinding>) =>
    (stillBlocks(item) ? 10 : 0) + severities.indexOf(item.severity);
  return share(stacks, shownFindings).sort((a, b) => rank(b) - rank(a));
}

export function sharedDiagnostics(review: Review): Shared<Diagnostic>[] {
  const general = review.diagnostics.map((item) => ({ item, environments: [] }));
  const all = [...general, ...share(review.stacks, (s) => s.diagnostics.filter((d) => !isForkNotice(d)))];
  return all.sort((a, b) => Number(a.item.severity === 'warning') - Number(b.item.severity === 'warning'));
}

/** The headline says it already, and nothing is wrong in any file. */
function isForkNotice({ code }: Diagnostic): boolean {
  return code === 'template-fork';
}

/** `**Errors**` and the list; empty when there is none. At most `max` of them. */
export function diagnosticSection(review: Review, max: number): string {
  const all = sharedDiagnostics(review);
  if (all.length === 0) return '';
  const items = all.slice(0, max).map(({ item, environments }) => {
    const where = item.where ? `${sourceLink(review, item.where)} ` : '';
    const more = [item.detail, item.remedy].filter((t) => t !== undefined).map((t) => `<br>${prose(t)}`);
    const symbol = item.severity === 'error' ? '❌' : '⚠️';
    const place = inEnvironments(review, environments);
    return `- ${symbol} ${where}${prose(item.summary)}${place === '' ? '' : ` (${place.trim()})`}${more.join('')}`;
  });
  return listSection(all.some((d) => d.item.severity === 'error') ? 'Errors' : 'Warnings', items, all.length);
}

/**
 * `**Policy**` and the list; empty when there is no finding. What the plan leaves as it was is advice that stands in
 * every pull request: it is folded.
 */
export function findingSection(review: Review, max: number): string {
  const all = sharedFindings(review.stacks);
  const own = all.filter(({ item }) => !item.untouched);
  const left = all.filter(({ item }) => item.untouched);
  const line = (finding: Shared<ShownFinding>) => findingLine(review, finding);
  const room = max - Math.min(own.length, max);
  const folded = left.slice(0, room).map(line);
  return [
    own.length === 0 ? '' : listSection('Policy', own.slice(0, max).map(line), own.length),
    left.length === 0
      ? ''
      : [
          '<details>',
          `<summary>Policy: ${count(left.length, 'remark')} on what this plan leaves as it is</summary>`,
          '',
          ...folded,
          ...(left.length > folded.length
            ? [`- … and ${count(left.length - folded.length, 'more', 'more')}`]
            : []),
          '',
          '</details>',
        ].join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function findingLine(review: Review, { item, environments }: Shared<ShownFinding>): string {
  const weight = stillBlocks(item) ? `**${item.severity}**` : `${item.severity}, ${whyNotBlocking(item)}`;
  // The title is the rule, and read alone it says that all is well.
  const met = item.undecided ? '' : ', not met';
  const controls = item.controls.length > 0 ? ` · ${prose(item.controls.join(', '), 120)}` : '';
  return [
    `- ${severitySymbols[item.severity]} ${weight}${met}: ${prose(item.title, 200)} · ${subjectOf(review, item)}${inEnvironments(review, environments)}`,
    `<br>${prose(item.message)}`,
    item.overridden ? `<br>**Lifted:** ${whoLifted(item.overridden)}` : '',
    item.allowed ? `<br>**Exception:** ${prose(`${item.allowed.by}: ${item.allowed.reason}`)}` : '',
    `<br>**Fix:** ${prose(item.remedy)} <sub>${codeSpan(item.policy)}${controls}</sub>`,
  ].join('');
}

/** What is told once of a plan is found at some resource of it, which nobody has to look at. */
function subjectOf(review: Review, { ofPlan, logicalId, where }: ShownFinding): string {
  if (ofPlan) return 'the plan as a whole';
  return `${codeSpan(logicalId)}${where ? ` ${sourceLink(review, where)}` : ''}`;
}

function whoLifted({ by, reason }: Overridden): string {
  return prose(`overridden by @${by}: ${reason}`);
}

/** What a finding that stops nothing is instead: `advice`, `overridden`. Plain text. */
export function whyNotBlocking({ overridden, allowed, undecided }: ShownFinding): string {
  if (overridden) return 'overridden';
  if (allowed) return `allowed until ${allowed.until}`;
  return undecided ? 'cannot be told before the apply, and is looked at again then' : 'advice';
}

/** A list under a heading, and how many of `all` it leaves out. Markdown. */
export function listSection(title: string, items: readonly string[], all: number): string {
  const hidden = all - items.length;
  return [
    `**${title}**`,
    '',
    ...items,
    ...(hidden > 0 ? [`- … and ${count(hidden, 'more', 'more')}`] : []),
  ].join('\n');
}

/** ` in dev and prod`, where the pull request has several environments and the item is not in all of them. */
function inEnvironments(review: Review, environments: readonly string[]): string {
  const all = new Set(review.stacks.map((s) => s.environment)).size;
  if (environments.length === 0 || all < 2) return '';
  if (environments.length === all) return ' in every environment';
  return ` in ${environments
    .slice(0, 6)
    .map((e) => codeSpan(e))
    .join(', ')}`;
}
