import { isTemplatePath, parameterFiles, templatesOf } from '../settings/paths.ts';
import type { Environment, Settings } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import type { ChangedFile } from './repository.ts';

/** A stack that a pull request touches, before any of its files has been read. */
export interface TouchedStack {
  readonly stack: StackId;
  readonly environment: Environment;
  readonly file: string;
  /** Where the environment's parameter file may be; the first that exists counts. */
  readonly parameterFiles: readonly string[];
  /** The template is not there any more under this path. */
  readonly removed: boolean;
  /** The path that it has now, when it was removed by renaming. */
  readonly renamedTo?: string;
}

/**
 * Which stacks the changed files touch: every environment of a changed template, and the one environment of a
 * changed parameter file. Sorted by environment in the settings' order, then by file.
 */
export function touchedStacks(
  repository: string,
  settings: Settings,
  files: readonly ChangedFile[],
): readonly TouchedStack[] {
  const touched = new Map<StackId, TouchedStack>();
  const touch = (environment: Environment, file: string, removed: boolean, renamedTo?: string) => {
    const stack = stackId(repository, file, environment.name);
    touched.set(stack, {
      stack,
      environment,
      file,
      parameterFiles: parameterFiles(file, environment.name),
      removed,
      ...(renamedTo === undefined ? {} : { renamedTo }),
    });
  };
  for (const file of files) {
    for (const path of [file.path, file.previousPath]) {
      if (path === undefined) continue;
      for (const template of templatesOf(path)) {
        const environment = settings.environments.find((e) =>
          parameterFiles(template, e.name).includes(path),
        );
        if (environment && isTemplatePath(settings, template)) touch(environment, template, false);
      }
    }
  }
  for (const file of files) {
    for (const environment of settings.environments) {
      if (isTemplatePath(settings, file.path)) touch(environment, file.path, file.status === 'removed');
      if (
        file.status === 'renamed' &&
        file.previousPath !== undefined &&
        isTemplatePath(settings, file.previousPath)
      ) {
        touch(environment, file.previousPath, true, file.path);
      }
    }
  }
  const rank = (t: TouchedStack) => settings.environments.indexOf(t.environment);
  return [...touched.values()].sort((a, b) => rank(a) - rank(b) || (a.file < b.file ? -1 : 1));
}

export function stackId(repository: string, file: string, environment: string): StackId {
  return `${repository}:${file}@${environment}`;
}
