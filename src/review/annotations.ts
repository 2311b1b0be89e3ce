/** What GitHub shows on the lines of a template: errors, findings, and what a change of this line replaces. */
import type { SourceRange } from '../base/source.ts';
import { clean } from '../base/visible.ts';
import { oneLine, shorten } from './escape.ts';
import { share, sharedDiagnostics, sharedFindings } from './problems.ts';
import type { Review, StackReview } from './review.ts';
import { stillBlocks } from './shown-finding.ts';

/** GitHub's own words; the text is plain, not Markdown. */
export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

// Two calls' worth for each check. Who has more mistakes than that mends these first.
const maxAnnotations = 100;

/** For `slipway/plan`: errors first, then warnings, then what is replaced and by which line. */
export function planAnnotations(review: Review): readonly Annotation[] {
  const diagnostics = sharedDiagnostics(review).flatMap(({ item, environments }) => {
    const level = item.severity === 'error' ? 'failure' : 'warning';
    const message = [item.detail, item.remedy].filter(Boolean).join('\n') || item.summary;
    return annotate(item.where, level, item.summary, message, named(review, environments));
  });
  const replaces = share(review.stacks, replacements).flatMap(({ item, environments }) =>
    annotate(item.where, 'warning', item.title, item.message, named(review, environments)),
  );
  return [...diagnostics, ...replaces].slice(0, maxAnnotations);
}

/** For `slipway/policy`: what blocks first. */
export function findingAnnotations(review: Review): readonly Annotation[] {
  const annotations = sharedFindings(review.stacks).flatMap(({ item, environments }) => {
    const level = stillBlocks(item) ? 'failure' : item.severity === 'low' ? 'notice' : 'warning';
    const message = `${item.message}\nFix: ${item.remedy}\n(${[item.policy, ...item.controls].join(', ')})`;
    const top = item.where && { file: item.where.file, line: 1, column: 1 };
    return annotate(
      item.ofPlan ? top : item.where,
      level,
      `${item.undecided ? '' : 'Not met: '}${item.title} (${item.severity})`,
      message,
      named(review, environments),
    );
  });
  return annotations.slice(0, maxAnnotations);
}

interface Replacement {
  readonly where: SourceRange | undefined;
  readonly title: string;
  readonly message: string;
}

function replacements(stack: StackReview): Replacement[] {
  return (stack.plan?.changes ?? []).flatMap((change) => {
    if (change.action !== 'replace') return [];
    const forcing = change.differences.filter((d) => d.replaces);
    const title = `${change.logicalId} will be replaced`;
    if (forcing.length === 0)
      return [{ where: change.where, title, message: `${change.type} is made anew.` }];
    return forcing.map((d) => ({
      where: d.where ?? change.where,
      title,
      message: `${d.path} of ${change.type} cannot be changed in place: the resource is made anew and the old one deleted.`,
    }));
  });
}

function annotate(
  where: SourceRange | undefined,
  level: Annotation['annotation_level'],
  title: string,
  message: string,
  suffix: string,
): Annotation[] {
  if (!where) return [];
  return [
    {
      path: where.file,
      start_line: where.line,
      end_line: Math.max(where.line, where.endLine ?? where.line),
      annotation_level: level,
      title: oneLine(`${title}${suffix}`, 200),
      message: shorten(clean(message), 4000),
    },
  ];
}

/** ` (dev, prod)` where it does not hold in every environment. */
function named(review: Review, environments: readonly string[]): string {
  const all = new Set(review.stacks.map((s) => s.environment)).size;
  return environments.length === 0 || environments.length === all ? '' : ` (${environments.join(', ')})`;
}
