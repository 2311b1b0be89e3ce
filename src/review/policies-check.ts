/** The check on commits of the organisation's policies: what is wrong with them, and whether their examples hold. */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { clean } from '../base/visible.ts';
import type { Annotation } from './annotations.ts';
import type { CheckOutput } from './checks.ts';
import { codeSpan, oneLine, prose, shorten } from './escape.ts';
import { listSection } from './problems.ts';
import { count } from './words.ts';

/** In the organisation's own repository alone; branch protection there can require it. */
export const policiesCheckName = 'slipway/policies';

export interface PoliciesReview {
  /** What keeps policies from being read. */
  readonly diagnostics: readonly Diagnostic[];
  /** Those that can be. */
  readonly policies: readonly TestedPolicy[];
}

export interface TestedPolicy {
  readonly id: string;
  /** In the repository. */
  readonly file: string;
  /** How many it has. */
  readonly examples: number;
  readonly failed: readonly FailedExample[];
}

export interface FailedExample {
  readonly kind: 'pass' | 'fail';
  /** From 0. */
  readonly index: number;
  readonly reason: string;
  readonly where: SourceRange;
}

const maxItems = 50;
const maxRows = 200;
const maxAnnotations = 100;
const maxLength = 65_000;

/** Always concluded: a success, or a failure that says what to mend. */
export function renderPoliciesCheck({ diagnostics, policies }: PoliciesReview): CheckOutput {
  const errors = diagnostics.filter((d) => d.severity === 'error');
  const failed = policies.flatMap(({ failed }) => failed);
  const examples = policies.reduce((sum, policy) => sum + policy.examples, 0);
  const wrong = [
    ...(errors.length > 0 ? [count(errors.length, 'mistake')] : []),
    ...(failed.length > 0 ? [`${count(failed.length, 'example')} of ${examples} not as said`] : []),
  ];
  const sections = [mistakes(diagnostics), failures(policies), table(policies)].filter((s) => s !== '');
  return {
    name: policiesCheckName,
    conclusion: wrong.length > 0 ? 'failure' : 'success',
    title:
      wrong.length > 0
        ? wrong.join(', ')
        : `${count(policies.length, 'policy', 'policies')}, and every example holds`,
    summary: shorten(sections.join('\n\n'), maxLength),
    annotations: [...diagnostics.flatMap(ofDiagnostic), ...policies.flatMap(ofExamples)].slice(
      0,
      maxAnnotations,
    ),
  };
}

function mistakes(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return '';
  const items = diagnostics.slice(0, maxItems).map(({ summary, detail, remedy, where }) => {
    const place = where ? `${placeOf(where)}: ` : '';
    const more = [detail, remedy].filter((text) => text !== undefined).map((text) => `<br>${prose(text)}`);
    return `- ❌ ${place}${prose(summary)}${more.join('')}`;
  });
  return listSection('What is wrong', items, diagnostics.length);
}

function failures(policies: readonly TestedPolicy[]): string {
  const all = policies.flatMap(({ id, failed }) => failed.map((one) => ({ id, ...one })));
  if (all.length === 0) return '';
  const items = all
    .slice(0, maxItems)
    .map(
      ({ id, kind, index, reason, where }) =>
        `- ❌ ${placeOf(where)}: ${kind} example ${index + 1} of ${codeSpan(id)}: ${prose(reason, 300)}`,
    );
  return listSection('Examples that do not hold', items, all.length);
}

/** The broken ones first. */
function table(policies: readonly TestedPolicy[]): string {
  if (policies.length === 0) return '';
  const sorted = [...policies].sort((a, b) => b.failed.length - a.failed.length);
  const rows = sorted.slice(0, maxRows).map(({ id, file, examples, failed }) => {
    const held = failed.length === 0 ? `✅ ${examples}` : `❌ ${examples - failed.length} of ${examples}`;
    return `| ${codeSpan(id)} | ${codeSpan(file, 120)} | ${held} |`;
  });
  const hidden = policies.length - rows.length;
  const rest = hidden > 0 ? ['', `… and ${count(hidden, 'more policy', 'more policies')}`] : [];
  return ['| Policy | File | Examples that hold |', '|---|---|---|', ...rows, ...rest].join('\n');
}

function placeOf({ file, line, column }: SourceRange): string {
  return codeSpan(`${file}:${line}:${column}`, 160);
}

function ofDiagnostic({ summary, detail, remedy, where }: Diagnostic): Annotation[] {
  return where ? [annotation(where, summary, [detail, remedy].filter(Boolean).join('\n') || summary)] : [];
}

function ofExamples({ id, failed }: TestedPolicy): Annotation[] {
  return failed.map(({ kind, index, reason, where }) =>
    annotation(where, `${kind} example ${index + 1} of ${id} does not hold`, reason),
  );
}

function annotation(where: SourceRange, title: string, message: string): Annotation {
  return {
    path: where.file,
    start_line: where.line,
    end_line: where.line,
    annotation_level: 'failure',
    title: oneLine(title, 200),
    message: shorten(clean(message), 4000),
  };
}
