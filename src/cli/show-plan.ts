import { type Diagnostic, formatDiagnostic } from '../base/diagnostic.ts';
import { formatSource } from '../base/source.ts';
import { blocks, type Finding } from '../policy/finding.ts';
import { renderPlanText } from '../review/plan-text.ts';
import { whyNotBlocking } from '../review/problems.ts';
import type { StackPlan } from '../workflow/plan-stack.ts';
import { colors, type Terminal } from './terminal.ts';

/** The plan and what policies say of it, for people. */
export function showPlan(terminal: Terminal, planned: StackPlan): void {
  for (const d of planned.diagnostics) terminal.err(formatDiagnostic(d));
  if (planned.plan) terminal.out(renderPlanText(planned.plan, { color: terminal.color }));
  for (const finding of blockingLast(planned.findings)) terminal.out(findingText(terminal, finding));
  const blocking = [...new Set(planned.findings.filter(blocks).map((f) => f.policy))];
  if (blocking.length > 0) {
    terminal.out(
      colors(terminal).red(`It will not be applied while ${blocking.join(', ')} stands against it.`),
    );
  }
}

/** The plan with what there is to be said before it. */
export function withNotices(planned: StackPlan, notices: readonly Diagnostic[]): StackPlan {
  return notices.length === 0 ? planned : { ...planned, diagnostics: [...notices, ...planned.diagnostics] };
}

/** What `--json` prints: the plan as it is, findings and diagnostics. */
export function planJson({ plan, findings, diagnostics }: StackPlan): string {
  return JSON.stringify({ plan, findings, diagnostics }, undefined, 2);
}

/** Who is stopped reads the end of the list first. */
export function blockingLast<F extends Finding>(findings: readonly F[]): readonly F[] {
  return [...findings].sort((a, b) => Number(blocks(a)) - Number(blocks(b)));
}

/** One finding: where, how much it weighs, what, what to do. */
export function findingText(terminal: Terminal, finding: Finding): string {
  const { red, yellow, dim } = colors(terminal);
  const paint = blocks(finding) ? red : yellow;
  const { severity, title, where: at, ofPlan, undecided, allowed } = finding;
  // What is told once of a plan was found at some resource, which has nothing to do with it.
  const where = at ? `${ofPlan ? at.file : formatSource(at)}: ` : '';
  const weight = blocks(finding) ? severity : `${severity}, ${whyNotBlocking(finding)}`;
  const head = paint(`${weight}${undecided ? '' : ', not met'}: ${title}`);
  const lines = [finding.message, finding.remedy, ...(allowed ? [`${allowed.by}: ${allowed.reason}`] : [])];
  return `${where}${head} ${dim(`(${finding.policy})`)}${lines.map((line) => `\n  ${line}`).join('')}`;
}
