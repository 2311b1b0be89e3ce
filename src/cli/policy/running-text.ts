import { formatSource } from '../../base/source.ts';
import { clean } from '../../base/visible.ts';
import { mayBlock } from '../../policy/finding.ts';
import {
  type RunningFinding,
  type StackCompliance,
  standingText,
  subjectOf,
  type Tally,
  tally,
  worstFirst,
} from '../../review/compliance.ts';
import { columns } from '../columns.ts';
import { colors, type Terminal } from '../terminal.ts';

/** One finding about what runs: where, what, what to do, and what is known of it besides. */
export function runningText(
  terminal: Terminal,
  { stack }: Pick<StackCompliance, 'stack'>,
  finding: RunningFinding,
): string {
  const { red, yellow, dim } = colors(terminal);
  const { severity, title, policy, message, remedy, where, ofPlan, outside, allowed, since } = finding;
  const paint = mayBlock(finding) ? red : yellow;
  const place = where && !ofPlan ? formatSource(where) : stack;
  const notes = [
    ...(outside ? ['Changed outside Slipway since it was applied: the template may be right.'] : []),
    ...(allowed ? [`Allowed until ${allowed.until} by ${allowed.by}: ${allowed.reason}`] : []),
    ...(since === undefined ? [] : [`Known since ${since.slice(0, 10)}.`]),
  ];
  return [
    `${clean(place)}: ${paint(clean(`${severity}, not met: ${title}`))} ${dim(`(${policy})`)}`,
    ...[`${subjectOf(finding)}: ${message}`, remedy, ...notes].map((line) => `  ${clean(line)}`),
  ].join('\n');
}

/** Stack by stack how many findings there are of which severity; what is not known does not look like nothing. */
export function countsTable(stacks: readonly StackCompliance[]): string[] {
  const heads = ['stack', ...worstFirst, 'advice', 'allowed'];
  return columns([heads, ...stacks.map((stack) => row(stack))]);
}

function row({ stack, findings, diagnostics }: StackCompliance): string[] {
  const { standing, advice, allowed } = tally(findings);
  const numbers = [...worstFirst.map((severity) => standing[severity]), advice, allowed];
  const isUnknown = diagnostics.some((d) => d.severity === 'error');
  return [stack, ...numbers.map((n) => (isUnknown ? '?' : String(n)))];
}

/** `2 findings (1 high, 1 medium)`, `no finding` */
export function findingsCount(found: Tally, total: number): string {
  if (total === 0) return 'no finding';
  return `${total === 1 ? '1 finding' : `${total} findings`} (${standingText(found)})`;
}
