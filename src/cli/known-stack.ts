import type { Diagnostic } from '../base/diagnostic.ts';
import { SlipwayError } from '../base/error.ts';
import { nearest } from '../base/suggest.ts';
import { defaultSettings } from '../settings/settings.ts';
import { repositoryOf, stackId } from '../stack/stack-id.ts';
import type { StackRecord, State } from '../state/state.ts';
import { fileOf, livingStacks, placesOf } from '../workflow/places.ts';
import type { StackSource } from '../workflow/plan-stack.ts';
import { environmentName, localSettings, repositoryName } from './local.ts';
import { repositoryPath, whereStateIs } from './project.ts';
import type { Terminal } from './terminal.ts';

/** What people read as the argument that `findStack` takes. */
export const stackArgument = 'its id, as `slipway state list` shows it, or its template file';

/**
 * The stack that somebody means: by its id, or by its template and an environment. The files need not be there any
 * more, nor the environment be in the settings. Throws `state-missing`, with what there is and where it was looked for.
 */
export async function findStack(
  terminal: Terminal,
  state: State,
  named: string,
  environment: string | undefined,
): Promise<StackRecord> {
  const record = await state.stack(named);
  if (record && (environment === undefined || environment === record.environment)) return record;
  if (record) {
    throw new SlipwayError('usage', {
      summary: `${named} is not in the environment ${environment}`,
      remedy: 'Leave out --environment, or give the template file with it.',
    });
  }
  if (environment === undefined && isId(named)) throw await missing(terminal, state, named);
  const settings = await localSettings(terminal);
  const file = repositoryPath(terminal, named);
  const name = environmentName(settings, environment);
  const repository = await repositoryName(terminal);
  const places = placesOf(repository, await livingStacks(state, repository));
  const found = await state.stack(places.idOf(name, file));
  // What is left of one that is not there any more is found by the path that it had first.
  if (found) return found;
  const [moved] = places.formerlyAt(name, file);
  if (moved) throw movedOn(file, fileOf(moved));
  throw await missing(terminal, state, stackId(repository, file, name), file);
}

function movedOn(file: string, to: string): SlipwayError {
  return new SlipwayError('state-missing', {
    summary: `The stack of ${file} is that of ${to} by now: the template was moved`,
    remedy: `Name ${to}.`,
  });
}

/** `owner/repo:path@environment`, which no path of a template looks like. */
function isId(named: string): boolean {
  return /^[^:]+:.+@[^@/]+$/.test(named);
}

async function missing(terminal: Terminal, state: State, id: string, file?: string): Promise<SlipwayError> {
  const stacks = await state.stacks();
  const others = file === undefined ? [] : environmentsOf(stacks, id, file);
  const ids = stacks.map((s) => s.id);
  const near = nearest(id, ids);
  const named = others.length > 0;
  return new SlipwayError('state-missing', {
    summary: `There is no stack ${id}`,
    detail: [
      ...(named ? [`This template has stacks in ${others.join(', ')}.`] : []),
      whereStateIs(terminal),
    ].join(' '),
    remedy: named
      ? meantEnvironment(id, others)
      : near
        ? `Did you mean ${near}?`
        : 'slipway state list --all shows all of them.',
  });
}

/**
 * Said before a stack is made whose template has stacks in other environments: a mistyped name looks just the same.
 * Nothing where the settings name the environment, since they have no mistyped one.
 */
export async function newStackNotice(
  terminal: Terminal,
  state: State,
  { stack, environment, file }: Pick<StackSource, 'stack' | 'environment' | 'file'>,
): Promise<readonly Diagnostic[]> {
  const settings = await localSettings(terminal);
  if (settings !== defaultSettings && settings.environments.some((e) => e.name === environment.name))
    return [];
  const record = await state.stack(stack);
  if (record && record.status !== 'destroyed') return [];
  const others = environmentsOf(
    (await state.stacks()).filter((s) => s.status !== 'destroyed'),
    stack,
    file,
  );
  if (others.length === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'stack-new',
      summary: `${stack} is a new stack`,
      detail: `This template has stacks in ${others.join(', ')} already.`,
      remedy: meantEnvironment(stack, others),
    },
  ];
}

/** Where the same template of the same repository has stacks besides. */
function environmentsOf(stacks: readonly StackRecord[], id: string, file: string): string[] {
  return stacks
    .filter((s) => s.id !== id && s.file === file && repositoryOf(s.id) === repositoryOf(id))
    .map((s) => s.environment);
}

function meantEnvironment(id: string, others: readonly string[]): string {
  const meant =
    nearest(id.slice(id.lastIndexOf('@') + 1), others) ?? (others.length === 1 ? others[0] : undefined);
  return meant === undefined
    ? `Give one of them with --environment: ${others.join(', ')}.`
    : `Did you mean --environment ${meant}?`;
}
