import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { settingsFile } from '../settings/settings.ts';
import type { Terminal } from './terminal.ts';

/** The application's folder, from which paths of stacks are counted, and its state. */
interface Project {
  readonly root: string;
  /** Where the embedded database is, or would be made. */
  readonly stateDirectory: string;
  readonly hasState: boolean;
}

/**
 * Goes up from where the command runs, as git does, to the first folder that has `.slipway`, is a repository's top or
 * has settings; the folder itself where there is none. Above a repository nothing is looked for: what is there
 * belongs to another one.
 */
export function findProject({ cwd }: Pick<Terminal, 'cwd'>): Project {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const project = projectAt(folder);
    if (project.hasState || isTopOf(folder)) return project;
    if (folder === dirname(folder)) return projectAt(resolve(cwd));
  }
}

function projectAt(root: string): Project {
  const stateDirectory = join(root, '.slipway', 'db');
  return { root, stateDirectory, hasState: existsSync(stateDirectory) };
}

/** A path as the repository knows it: from the project's top, with slashes. */
export function repositoryPath(terminal: Pick<Terminal, 'cwd'>, path: string): string {
  return relative(findProject(terminal).root, resolve(terminal.cwd, path)).split(sep).join('/');
}

/** The path of a file of the repository, as the machine knows it. */
export function pathInProject(terminal: Pick<Terminal, 'cwd'>, file: string): string {
  return resolve(findProject(terminal).root, file);
}

/** `local/folder`, for what no remote names. */
export function localName(terminal: Pick<Terminal, 'cwd'>): string {
  return `local/${basename(findProject(terminal).root)}`;
}

/** Whether anything can have been recorded. */
export function isStateThere(terminal: Pick<Terminal, 'cwd' | 'env'>): boolean {
  return Boolean(terminal.env.DATABASE_URL) || findProject(terminal).hasState;
}

/** Which state a command looks into: one sentence, for whoever does not find there what they look for. */
export function whereStateIs(terminal: Pick<Terminal, 'cwd' | 'env'>): string {
  if (terminal.env.DATABASE_URL) return 'The state is in the database that DATABASE_URL names.';
  const { root, hasState } = findProject(terminal);
  return hasState
    ? `The state is in ${join(root, '.slipway')}.`
    : `There is no state: ${terminal.cwd} has no folder .slipway, ${whereNoneIs(terminal.cwd, root)}.`;
}

/** Of what is above: a person who sees a .slipway there would not believe that none has one. */
function whereNoneIs(cwd: string, root: string): string {
  if (!isTopOf(root)) return 'and none above it has one';
  return root === resolve(cwd)
    ? 'and is the top of a repository, above which none is looked for'
    : `nor has what is above it, up to the top of the repository, ${root}`;
}

function isTopOf(folder: string): boolean {
  return ['.git', settingsFile].some((name) => existsSync(join(folder, name)));
}
