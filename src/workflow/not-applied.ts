/** What is said of the stacks of a merge that nothing is done to, because something else comes first. */
import type { StackReview } from '../review/review.ts';
import type { StackSource } from './plan-stack.ts';

/** What it takes may not be there, or may be about to be taken away. Its plan stays as it was approved. */
export function withoutItsGiver(
  { stack, environment, file, movedFrom }: StackSource,
  giver: StackReview,
  earlier: StackReview | undefined,
): StackReview {
  return {
    ...(earlier ?? { findings: [] }),
    stack,
    environment: environment.name,
    file,
    ...(movedFrom === undefined ? {} : { movedFrom }),
    phase: 'held',
    waitsFor: giver.file,
    diagnostics: [
      {
        severity: 'warning',
        code: 'apply-order',
        summary: `${file} comes after ${giver.file}, which has not been applied`,
        remedy: whatFirst(giver, giver.file),
      },
    ],
  };
}

/** What an operator's cancel has come before. */
export function notBegun(
  { stack, environment, file, movedFrom }: StackSource,
  earlier: StackReview | undefined,
): StackReview {
  const planned = earlier ?? { stack, environment: environment.name, file, findings: [], diagnostics: [] };
  return { ...planned, ...(movedFrom === undefined ? {} : { movedFrom }), phase: 'cancelled' };
}

/** What an environment has to wait for that comes before its own. */
export function heldBack(source: StackSource, held: StackReview): StackReview {
  return {
    stack: source.stack,
    environment: source.environment.name,
    file: source.file,
    ...(source.movedFrom === undefined ? {} : { movedFrom: source.movedFrom }),
    phase: 'held',
    waitsFor: held.environment,
    findings: [],
    diagnostics: [
      {
        severity: 'warning',
        code: 'apply-order',
        summary: `${source.environment.name} comes after ${held.environment}, which has not been applied`,
        remedy: whatFirst(held, held.environment),
      },
    ],
  };
}

function whatFirst({ phase }: StackReview, name: string): string {
  if (phase === 'planned' || phase === 'stale' || phase === 'held')
    return `It goes on once ${name} has been applied.`;
  return `See to ${name} first; then comment /slipway retry.`;
}
