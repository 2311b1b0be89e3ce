import type { Diagnostic } from '../base/diagnostic.ts';
import { SlipwayError } from '../base/error.ts';
import { nearest } from '../base/suggest.ts';
import { defaultSettings } from '../settings/settings.ts';
import type { StackRecord, State } from '../state/state.ts';
import { stackId } from '../workflow/discover.ts';
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
  if (environment === undefined && isId(named)) throw await missing(terminal, state, named, 'id');
  const settings = await localSettings(terminal);
  const file = repositoryPath(terminal, named);
  const id = stackId(await repositoryName(terminal), file, environmentName(settings, environment));
  const found = await state.stack(id);
  if (found) return found;
  throw await missing(terminal, state, id, 'template');
}

/** `owner/repo:path@environment`, which no path of a template looks like. */
function isId(named: string): boolean {
  return /^[^:]+:.+@[^@/]+$/.test(named);
}

async function missing(
  terminal: Terminal,
  state: State,
  id: string,
  given: 'id' | 'template',
): Promise<SlipwayError> {
  const stacks = await state.stacks();
  const others = environmentsOf(stacks, id);
  const ids = stacks.map((s) => s.id);
  const near = nearest(id, ids);
  const named = given === 'template' && others.length > 0;
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
  { stack, environment }: Pick<StackSource, 'stack' | 'environment'>,
): Promise<readonly Diagnostic[]> {
  const settings = await localSettings(terminal);
  if (settings !== defaultSettings && settings.environments.some((e) => e.name === environment.name))
    return [];
  const record = await state.stack(stack);
  if (record && record.status !== 'destroyed') return [];
  const others = environmentsOf(
    (await state.stacks()).filter((s) => s.status !== 'destroyed'),
    stack,
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
function environmentsOf(stacks: readonly StackRecord[], id: string): string[] {
  const prefix = id.slice(0, id.lastIndexOf('@') + 1);
  return stacks.filter((s) => s.id !== id && s.id === `${prefix}${s.environment}`).map((s) => s.environment);
}

function meantEnvironment(id: string, others: readonly string[]): string {
  const meant =
    nearest(id.slice(id.lastIndexOf('@') + 1), others) ?? (others.length === 1 ? others[0] : undefined);
  return meant === undefined
    ? `Give one of them with --environment: ${others.join(', ')}.`
    : `Did you mean --environment ${meant}?`;
}
