/** Which of the recorded stacks a template of the working tree is. */
import { existsSync } from 'node:fs';
import { joinWords } from '../approval/people.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { SlipwayError } from '../base/error.ts';
import { repositoryOf } from '../stack/stack-id.ts';
import type { State } from '../state/state.ts';
import { livingStacks, type Place, placesOf } from '../workflow/places.ts';
import type { StackSource } from '../workflow/plan-stack.ts';
import { pathInProject, repositoryPath } from './project.ts';
import type { Terminal } from './terminal.ts';

/**
 * The source as the stack whose template is at its path: one that was moved there is called by an earlier path.
 *
 * @param movedFrom where the template was, when somebody says that it has been renamed since the last apply
 * @throws SlipwayError `state-missing` where no stack was there, `template-renamed` where another one is here
 */
export async function asRecorded(
  terminal: Terminal,
  state: State,
  source: StackSource,
  movedFrom?: string,
): Promise<StackSource> {
  const { environment, file } = source;
  const repository = repositoryOf(source.stack);
  const places = placesOf(repository, await livingStacks(state, repository));
  if (movedFrom === undefined) return { ...source, stack: places.idOf(environment.name, file) };
  const from = repositoryPath(terminal, movedFrom);
  const [left, here] = [places.at(environment.name, from), places.at(environment.name, file)];
  // Said again after the apply, it is so already.
  if (here?.former.includes(from)) return { ...source, stack: here.stack };
  if (here) throw taken(here, from);
  if (left) return { ...source, stack: left.stack };
  throw new SlipwayError('state-missing', {
    summary: `There is no stack of ${from} in ${environment.name} that could move`,
    remedy: 'slipway state list shows what is there; leave out --moved-from to make a new stack.',
  });
}

function taken({ recorded, environment }: Place, from: string): SlipwayError {
  return new SlipwayError('template-renamed', {
    summary: `${recorded} has a stack in ${environment} already, so that of ${from} cannot move there`,
    remedy: 'Give the template a path that is free, or destroy one of the two stacks first.',
  });
}

/** Said before a stack is made while the template of another one is not there any more: it may be that, renamed. */
export async function leftBehindNotice(
  terminal: Terminal,
  state: State,
  { stack, environment, file }: Pick<StackSource, 'stack' | 'environment' | 'file'>,
): Promise<readonly Diagnostic[]> {
  const living = await livingStacks(state, repositoryOf(stack));
  if (living.some(({ id }) => id === stack)) return [];
  const left = living
    .filter((s) => s.environment === environment.name && !existsSync(pathInProject(terminal, s.file)))
    .map((s) => s.file)
    .slice(0, 5);
  if (left.length === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'stack-new',
      summary: `${stack} is a new stack, and there is one of ${joinWords(left, 'and')}, which is not there any more`,
      remedy: `If ${file} is ${joinWords(left, 'or')}, renamed: give --moved-from ${left[0]}.`,
    },
  ];
}
