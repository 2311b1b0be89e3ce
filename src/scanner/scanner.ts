/**
 * scanner/ asks other people's tools about a template and its plan: whatever writes SARIF, cfn-guard, Rego. In: an
 * operator's file that names them, a template's text, a plan. Out: findings, which join those of the policies under
 * ids of their own, `cfn-lint/E3012`. Tools are named by the operator and never by a repository; the template that
 * they look at is anybody's, so each gets a folder of its own, no secrets, no network where the platform can, and an
 * end. A tool that fails, or says what cannot be read, is a finding that weighs as its heaviest rule: what was not
 * judged has not passed. What tools say is read by pure functions; only run-tool, isolation, the scanners themselves and
 * read-scanners reach outside.
 */
import type { Plan } from '../plan/plan.ts';
import type { Severity } from '../policy/finding.ts';
import type { TemplateText } from './template-text.ts';

/** What a scanner is asked about. */
export interface Subject {
  /** Undefined where the template is gone: everything that it made is to be deleted. */
  readonly template: TemplateText | undefined;
  /** Undefined for scanners that do not look at it. */
  readonly plan?: Plan;
}

/** How bad something is, in SARIF's words. */
export const levels = ['error', 'warning', 'note'] as const;
export type Level = (typeof levels)[number];

/** One thing that a tool says. All texts are the tool's, made of an author's template. */
export interface Hit {
  /** As the tool calls the rule: `E3012`, `CKV_AWS_24`. */
  readonly rule: string;
  readonly title?: string;
  readonly message: string;
  readonly remedy?: string;
  readonly level: Level;
  /** Where the tool says it better than in three levels. */
  readonly severity?: Severity;
  /** Where in the template's text, if the tool says that; lines and columns from 1. */
  readonly at?: { readonly line: number; readonly column?: number };
  /** The resource and its property, if the tool says those. */
  readonly logicalId?: string;
  readonly path?: string;
  /** Set where it concerns all of the template, wherever it stands. */
  readonly ofTemplate?: true;
}

/** What a scan came to. */
export type Scanned =
  | { readonly kind: 'done'; readonly hits: readonly Hit[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly remedy: string };

/** One tool, ready to be asked. */
export interface Scanner {
  /** Whether it looks at the plan too: the others begin while the plan is made. */
  readonly reads: 'template' | 'plan';
  scan(subject: Subject): Promise<Scanned>;
}

export function failed(reason: string, remedy: string): Extract<Scanned, { kind: 'failed' }> {
  return { kind: 'failed', reason: cut(reason, 1_000), remedy };
}

/** More than anybody would read: a tool that says more has not judged the template. */
export const mostHits = 2_000;

export function done(hits: readonly Hit[]): Scanned {
  if (hits.length > mostHits) return tooMany(hits.length);
  return { kind: 'done', hits: hits.map(shortened) };
}

/** Nobody reads more of it, and it is kept. */
function shortened({ title, message, remedy, ...hit }: Hit): Hit {
  return {
    ...hit,
    message: cut(message, 1_000),
    ...(title === undefined ? {} : { title: cut(title, 200) }),
    ...(remedy === undefined ? {} : { remedy: cut(remedy, 1_000) }),
  };
}

function cut(text: string, longest: number): string {
  const trimmed = text.trim();
  return trimmed.length <= longest ? trimmed : `${trimmed.slice(0, longest - 1)}…`;
}

export function tooMany(count: number): Scanned {
  const reason = `It found ${count.toLocaleString('en')} things, more than the ${mostHits.toLocaleString('en')} that are read`;
  return failed(reason, 'Mend the template, or have the operator make it less loud.');
}
