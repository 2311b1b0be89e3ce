/** What is said where a template has another path now and its stack does not, or cannot, go with it. */
import { joinWords } from '../approval/people.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Place } from './places.ts';

/** The settings take no template at the new path, so the stack would be left without one. */
export function noTemplateThere({ environment }: Place, from: string, to: string): Diagnostic {
  return {
    severity: 'error',
    code: 'template-renamed',
    summary: `${from} was renamed to ${to}, where the settings know no template, while its stack in ${environment} exists`,
    detail: 'The stack would be left without a template, and nothing would change it any more.',
    remedy:
      'Keep it at a path that `templates` in .github/slipway.yml names, or add the new one to them first, in a pull request of its own. To destroy the stack, delete the file.',
    where: { file: to, line: 1, column: 1 },
  };
}

/** Another stack lives at the new path. */
export function inTheWay({ environment }: Place, from: string, to: string): Diagnostic {
  return {
    severity: 'error',
    code: 'template-renamed',
    summary: `${from} was renamed to ${to}, of which there is another stack in ${environment}`,
    detail: 'Two stacks cannot be of one template.',
    remedy: `Keep the path, or rename it to one that is free; or destroy the stack of ${to} first.`,
    where: { file: to, line: 1, column: 1 },
  };
}

/** Merged since, another pull request has moved the template; what this one makes of it is not known yet. */
export function movedMeanwhile(from: string, to: string, path: string): Diagnostic {
  return {
    severity: 'error',
    code: 'template-renamed',
    summary: `${from} is ${to} by now: another pull request has moved it`,
    detail: 'The stack went with it. What this pull request does under the old path would be a new stack.',
    remedy: `Merge the base branch into this one, so that it changes ${to}.`,
    where: { file: path, line: 1, column: 1 },
  };
}

/** GitHub finds too little in common for a rename. */
export function notTakenForMove(from: string, come: readonly string[]): Diagnostic {
  const to = come.length === 1 ? come[0]! : `one of ${joinWords(come.slice(0, 5), 'or')}`;
  return {
    severity: 'warning',
    code: 'template-renamed',
    summary: `${from} is removed, so that all of its stack is destroyed; what this pull request adds is made anew`,
    remedy: `If ${from} is to go on as ${to}: GitHub has not taken it for renamed, since too little is the same. Rename it in a pull request of its own, and change it in another.`,
  };
}

/** Merged and not applied, a move still has this path. */
export function moveFirst(from: string, to: string): Diagnostic {
  return {
    severity: 'error',
    code: 'template-renamed',
    summary: `The stack of ${from} is to move to ${to}, which is merged and not applied yet`,
    detail: 'Until then a new template at this path cannot have a stack of its own.',
    remedy: 'See to the pull request that moved it first; then push a commit, or press Re-run of the check.',
    where: { file: from, line: 1, column: 1 },
  };
}

/** A move was merged, not applied, and taken back; what is at the new path now is another template. */
export function stillThere(from: string, to: string): Diagnostic {
  return {
    severity: 'error',
    code: 'template-renamed',
    summary: `${from} was to move to ${to}, is not applied there yet, and is at its old path again`,
    detail: 'Which of the two its stack belongs to cannot be told.',
    remedy: `Keep one of them: remove ${from}, or give what is at ${to} another path.`,
    where: { file: to, line: 1, column: 1 },
  };
}

/** The base branch has a template of which nothing was ever made, and has that of a living stack no more. */
export function leftBehind(environment: string, file: string, gone: readonly string[]): Diagnostic {
  const some = gone.slice(0, 5);
  return {
    severity: 'warning',
    code: 'template-renamed',
    summary: `${file} gets a new stack in ${environment}, where there is one of ${joinWords(some, 'and')}, which is not there any more`,
    detail: 'What was renamed while Slipway could not see it would be made a second time.',
    remedy: `If it is ${joinWords(some, 'or')}, renamed: an operator moves the stack with slipway apply ${file} --environment ${environment} --moved-from ${some[0]}.`,
    where: { file, line: 1, column: 1 },
  };
}
