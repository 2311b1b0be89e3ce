import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SlipwayError } from '../base/error.ts';
import { nearest } from '../base/suggest.ts';
import { parseSettings } from '../settings/parse.ts';
import { parameterFiles } from '../settings/paths.ts';
import { defaultSettings, type Environment, type Settings, settingsFile } from '../settings/settings.ts';
import { stackId } from '../stack/stack-id.ts';
import type { StackRecord } from '../state/state.ts';
import type { StackSource } from '../workflow/plan-stack.ts';
import { readIfThere, readNamedFile, readTemplateFile } from './files.ts';
import type { LocalWorkflow } from './open-local.ts';
import {
  findProject,
  isStateThere,
  localName,
  pathInProject,
  repositoryPath,
  whereStateIs,
} from './project.ts';
import type { Terminal } from './terminal.ts';

/** The options that every command about one stack has. */
export interface StackOptions {
  readonly environment?: string;
  readonly region?: string;
  readonly parameters?: string;
}

/** Opens the project's state (`.slipway/`, or DATABASE_URL), does the work and closes it again. */
export async function withLocalWorkflow<T>(
  terminal: Terminal,
  region: string | undefined,
  work: (workflow: LocalWorkflow) => Promise<T>,
): Promise<T> {
  // Loaded here: who only reads files needs neither the database nor the clouds, which take long to load.
  const { openLocal } = await import('./open-local.ts');
  const { workflow, close } = await openLocal(terminal, region);
  try {
    return await work(workflow);
  } finally {
    await close();
  }
}

/**
 * The same for what was made before. Throws `state-missing` where there is no state: an empty one would take seconds
 * to make, and would be found there from then on.
 */
export function withRecordedWorkflow<T>(
  terminal: Terminal,
  region: string | undefined,
  work: (workflow: LocalWorkflow) => Promise<T>,
): Promise<T> {
  if (isStateThere(terminal)) return withLocalWorkflow(terminal, region, work);
  throw new SlipwayError('state-missing', {
    summary: 'There is no stack here yet',
    detail: whereStateIs(terminal),
    remedy: 'Apply a template first, or go to the folder where that was done.',
  });
}

/** One stack from files of the working tree, as `plan` and `apply` take it. */
export async function localSource(
  terminal: Terminal,
  template: string,
  options: StackOptions,
): Promise<StackSource> {
  const file = repositoryPath(terminal, template);
  const settings = await localSettings(terminal);
  const environment = localEnvironment(settings, options);
  const text = await readTemplateFile(terminal, template);
  const parameters = await localParameters(terminal, file, environment.name, options.parameters);
  return {
    stack: stackId(await repositoryName(terminal), file, environment.name),
    environment,
    file,
    text,
    packs: settings.policies,
    ...(parameters ? { parameters } : {}),
  };
}

/** How to get to a stack that was made before: where it lives counts, whatever the settings say by now. */
export async function recordedTarget(
  terminal: Terminal,
  { environment, account, region }: Pick<StackRecord, 'environment' | 'account' | 'region'>,
): Promise<{ environment: Environment; packs: readonly string[] }> {
  const settings = await localSettings(terminal);
  const known = settings.environments.find((e) => e.name === environment);
  const base = known ?? { name: environment, after: [], approvals: [] };
  return { environment: { ...base, account, region }, packs: settings.policies };
}

/** The stack's template and parameter file as they are in the working tree now, where they are. */
export async function presentFiles(
  terminal: Terminal,
  { file, environment }: Pick<StackRecord, 'file' | 'environment'>,
  parametersFile: string | undefined,
): Promise<Partial<Pick<StackSource, 'text' | 'parameters'>>> {
  const text = await readIfThere(pathInProject(terminal, file));
  const parameters = await localParameters(terminal, file, environment, parametersFile);
  return { ...(text === undefined ? {} : { text }), ...(parameters ? { parameters } : {}) };
}

/** The settings of the working tree, or the defaults. Throws `settings-invalid` with every mistake. */
export async function localSettings(terminal: Terminal): Promise<Settings> {
  const text = await readIfThere(pathInProject(terminal, settingsFile));
  if (text === undefined) return defaultSettings;
  const { settings, diagnostics } = parseSettings(text, settingsFile);
  if (settings) return settings;
  throw new SlipwayError('settings-invalid', { summary: 'The settings file has errors', diagnostics });
}

/** The environment that is meant where none is named: `default`, or the first one of the settings. */
export function environmentName(settings: Settings, named: string | undefined): string {
  const [first] = settings === defaultSettings ? [] : settings.environments;
  return named ?? first?.name ?? 'default';
}

/** The settings' environment of that name; where there are no settings, any name is an environment with nothing set. */
export function localEnvironment(settings: Settings, { environment, region }: StackOptions): Environment {
  const name = environmentName(settings, environment);
  const names = settings.environments.map((e) => e.name);
  const known = settings.environments.find((e) => e.name === name);
  if (!known && settings !== defaultSettings) {
    const meant = nearest(name, names);
    throw new SlipwayError('settings-environment', {
      summary: `There is no environment ${name} in ${settingsFile}`,
      detail: `The environments are ${names.join(', ')}.`,
      remedy: meant ? `Did you mean --environment ${meant}?` : 'Name one of them, or add it to the settings.',
    });
  }
  const base = known ?? { name, after: [], approvals: [] };
  return region === undefined ? base : { ...base, region };
}

export async function localParameters(
  terminal: Terminal,
  template: string,
  environment: string,
  named: string | undefined,
): Promise<{ file: string; text: string } | undefined> {
  if (named !== undefined) {
    const text = await readNamedFile(terminal, named, 'a parameter file');
    return { file: repositoryPath(terminal, named), text };
  }
  for (const file of parameterFiles(template, environment)) {
    const text = await readIfThere(pathInProject(terminal, file));
    if (text !== undefined) return { file, text };
  }
  return undefined;
}

/** `owner/name` of the `origin` remote, so that the command line and GitHub mean the same stack; else `local/folder`. */
export async function repositoryName(terminal: Terminal): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['remote', 'get-url', 'origin'], {
      cwd: findProject(terminal).root,
    });
    const match = /[/:]([^/:\s]+\/[^/\s]+?)(?:\.git)?\/?\s*$/.exec(stdout);
    if (match?.[1]) return match[1];
  } catch {
    // No git, no repository or no remote: all of them are ways to work locally.
  }
  return localName(terminal);
}
