import { hasErrors } from '../base/diagnostic.ts';
import { mayBlock } from '../policy/finding.ts';
import { maxCommentLength } from './comment.ts';
import {
  limitsOf,
  notAskedText,
  type RunningFinding,
  type StackCompliance,
  standingCount,
  standingText,
  subjectOf,
  tally,
  worstFirst,
} from './compliance.ts';
import { codeSpan, prose, shorten } from './escape.ts';
import { sourceLink } from './links.ts';
import { count, severitySymbols } from './words.ts';

/** What runs of one repository, as the latest scan found it. */
export interface ComplianceReport {
  /** `https://github.com/acme/shop` */
  readonly repositoryUrl: string;
  /** The commit of the default branch whose templates and settings count. */
  readonly headSha: string;
  /** When it was looked at, ISO 8601. */
  readonly at: string;
  /** When the last report was made; undefined where this is the first. */
  readonly previously: string | undefined;
  readonly stacks: readonly StackCompliance[];
}

/** The first line of the issue, by which the App finds it again. */
export const complianceMarker = '<!-- slipway:compliance -->';

/** How much the issue shows. */
interface Detail {
  readonly rows: number;
  /** Findings of a stack. */
  readonly items: number;
  /** With message and remedy. */
  readonly words: boolean;
}

const details: readonly Detail[] = [
  { rows: 200, items: 200, words: true },
  { rows: 200, items: 200, words: false },
  { rows: 100, items: 40, words: false },
  { rows: 50, items: 10, words: false },
  { rows: 20, items: 3, words: false },
];

/** Whether there is anything to do: something stands against a policy, or could not be looked at. */
export function isOpen(stacks: readonly StackCompliance[]): boolean {
  return stacks.some(({ findings, diagnostics }) => hasErrors(diagnostics) || findings.some(mayBlock));
}

/** The one issue of a repository. Where it would be too long it says less of each finding, then of fewer of them. */
export function renderComplianceIssue(report: ComplianceReport): {
  readonly title: string;
  readonly body: string;
} {
  const title = `Compliance: ${headline(report.stacks)}`;
  for (const detail of details) {
    const body = renderBody(report, detail);
    if (body.length <= maxCommentLength) return { title, body };
  }
  // Not reachable with real input: the smallest detail bounds every list and every text in it.
  return { title, body: shorten(renderBody(report, { rows: 0, items: 0, words: false }), maxCommentLength) };
}

function headline(stacks: readonly StackCompliance[]): string {
  const found = stacks.filter((stack) => stack.findings.some(mayBlock));
  const whole = tally(found.flatMap((stack) => stack.findings));
  const parts = [
    ...(found.length > 0
      ? [
          `${count(standingCount(whole), 'finding')} in ${count(found.length, 'stack')} (${standingText(whole)})`,
        ]
      : []),
    ...unansweredText(stacks),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing is left';
}

function unansweredText(stacks: readonly StackCompliance[]): string[] {
  const unanswered = stacks.filter((stack) => hasErrors(stack.diagnostics)).length;
  return unanswered > 0 ? [`${count(unanswered, 'stack')} not looked at`] : [];
}

function renderBody(report: ComplianceReport, detail: Detail): string {
  const { stacks } = report;
  const shown = stacks.filter((stack) => stack.findings.length > 0 || hasErrors(stack.diagnostics));
  const rest = shown.length - detail.rows;
  const sections = shown
    .slice(0, Math.max(detail.rows, 0))
    .map((stack) => stackSection(report, stack, detail));
  return [
    complianceMarker,
    opening(report),
    table(stacks, detail.rows),
    ...sections,
    rest > 0 ? `… and ${count(rest, 'more stack')}. \`slipway policy compliance\` shows all of it.` : '',
    closing(report),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function opening({ stacks, at, previously, repositoryUrl, headSha }: ComplianceReport): string {
  const whole = tally(stacks.flatMap((stack) => stack.findings));
  const resources = stacks.reduce((sum, stack) => sum + stack.checked, 0);
  const verdict = standingCount(whole) > 0 || unansweredText(stacks).length > 0 ? headline(stacks) : '';
  const since =
    previously === undefined
      ? ''
      : ` ${whole.isNew > 0 ? `**${whole.isNew} new**` : 'Nothing new'} since ${day(previously)}.`;
  const commit = `[\`${headSha.slice(0, 7)}\`](${repositoryUrl}/commit/${headSha})`;
  return `**${verdict === '' ? 'Nothing is left' : verdict}.** ${count(resources, 'running resource')} in ${count(stacks.length, 'stack')}, held against the policies in force by the settings of ${commit} on ${day(at)}.${since}`;
}

function table(stacks: readonly StackCompliance[], max: number): string {
  if (stacks.length === 0) return '';
  const heads = worstFirst.map((severity) => `${severitySymbols[severity]} ${severity}`);
  // Those with something to do, in the order of the settings, before those where all is well.
  const ordered = [
    ...stacks.filter((stack) => isOpen([stack])),
    ...stacks.filter((stack) => !isOpen([stack])),
  ];
  const rest = stacks.length - max;
  return [
    `| Stack | Environment | ${heads.join(' | ')} | New | Advice | Allowed |`,
    `|:--|:--|${'--:|'.repeat(heads.length + 3)}`,
    ...ordered.slice(0, Math.max(max, 0)).map(row),
    ...(rest > 0 ? [`\n… and ${count(rest, 'more stack')}`] : []),
  ].join('\n');
}

function row(stack: StackCompliance): string {
  const found = tally(stack.findings);
  const numbers = [
    ...worstFirst.map((severity) => found.standing[severity]),
    found.isNew,
    found.advice,
    found.allowed,
  ];
  // What is not known must not look like nothing.
  const cells = numbers.map((n) => (hasErrors(stack.diagnostics) ? '?' : n === 0 ? '·' : String(n)));
  return `| ${codeSpan(stack.file, 120)} | ${codeSpan(stack.environment)} | ${cells.join(' | ')} |`;
}

function stackSection(report: ComplianceReport, stack: StackCompliance, detail: Detail): string {
  const standing = stack.findings.filter(mayBlock);
  const others = stack.findings.filter((finding) => !mayBlock(finding));
  const errors = stack.diagnostics.map(
    ({ severity, summary, remedy }) =>
      `- ${severity === 'error' ? '❌' : '⚠️'} ${prose(summary)}${remedy === undefined ? '' : `<br>${prose(remedy)}`}`,
  );
  return [
    `### ${codeSpan(stack.file, 120)} in ${codeSpan(stack.environment)}`,
    errors.join('\n'),
    items(report, standing, detail),
    others.length > 0
      ? [
          `<details><summary>${count(others.length, 'finding')} that would stop nothing</summary>`,
          items(report, others, detail),
          '</details>',
        ].join('\n\n')
      : '',
    ...limitsOf(stack).map((sentence) => `<sub>${prose(sentence)}</sub>`),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function items(report: ComplianceReport, findings: readonly RunningFinding[], detail: Detail): string {
  const hidden = findings.length - detail.items;
  return [
    ...findings.slice(0, Math.max(detail.items, 0)).map((finding) => item(report, finding, detail)),
    ...(hidden > 0 ? [`- … and ${count(hidden, 'more', 'more')}`] : []),
  ].join('\n');
}

function item(report: ComplianceReport, finding: RunningFinding, { words }: Detail): string {
  const { severity, title, where, message, remedy, policy, controls, allowed, since } = finding;
  const weight = mayBlock(finding) ? `**${severity}**` : `${severity}, ${allowed ? 'allowed' : 'advice'}`;
  const subject = finding.ofPlan
    ? subjectOf(finding)
    : `${codeSpan(finding.logicalId)}${where ? ` ${sourceLink(report, where)}` : ''}`;
  const notes = [
    codeSpan(policy),
    ...(controls.length > 0 ? [prose(controls.join(', '), 120)] : []),
    ...(since === undefined ? [] : [`since ${day(since)}`]),
  ];
  return [
    // The title is the rule, and read alone it says that all is well.
    `- ${severitySymbols[severity]} ${weight}, not met${finding.isNew ? ' 🆕' : ''}: ${prose(title, 200)} · ${subject}`,
    words ? `<br>${prose(message)}` : '',
    finding.outside ? '<br>**Changed outside Slipway** since it was applied: the template may be right.' : '',
    allowed
      ? `<br>**Exception** until ${prose(`${allowed.until}, by ${allowed.by}: ${allowed.reason}`)}`
      : '',
    words ? `<br>**Fix:** ${prose(remedy)}` : '',
    ` <sub>${notes.join(' · ')}</sub>`,
  ].join('');
}

function closing({ stacks }: ComplianceReport): string {
  const notAsked = notAskedText(stacks);
  const next = isOpen(stacks)
    ? 'A pull request that mends the template is planned and judged like any other; `allow` in `.github/slipway.yml` lets one resource through one policy until a day. This issue is brought up to date by each scan, and closed when nothing is left. Closed by hand, it stays closed until something new is found.'
    : 'This issue is opened again when something is found.';
  return `<sub>${notAsked === undefined ? '' : `${prose(notAsked)} `}${next}</sub>`;
}

/** `2026-11-22 10:00 UTC`: a report without the hour would not say which of two came first. */
function day(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}
