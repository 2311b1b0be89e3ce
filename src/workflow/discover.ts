import type { Diagnostic } from '../base/diagnostic.ts';
import { isTemplatePath, parameterFiles, templatesOf } from '../settings/paths.ts';
import type { Environment, Settings } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import { inTheWay, movedMeanwhile, moveFirst, noTemplateThere } from './move-refusals.ts';
import { fileOf, type Place, type Places } from './places.ts';
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
  /** No stack has been made of the template, which comes with the pull request or was there before. */
  readonly unmade?: 'new' | 'old';
  /** Where the template was when it was applied, if that was elsewhere. */
  readonly movedFrom?: string;
  /**
   * The template's path as the pull request has it, where another one has moved it since: what merging makes of the
   * change is at `file`. `stays`: that move is not applied yet, and may have been taken back.
   */
  readonly changedAt?: { readonly path: string; readonly stays: boolean };
  /** Why it cannot be planned. */
  readonly refused?: Diagnostic;
}

/**
 * Which stacks the changed files touch: every environment of a changed template, and the one environment of a
 * changed parameter file. A template that is renamed while its stack lives goes on as that stack. Sorted by
 * environment in the settings' order, then by file.
 */
export function touchedStacks(
  settings: Settings,
  files: readonly ChangedFile[],
  places: Places,
): readonly TouchedStack[] {
  return settings.environments.flatMap((environment) =>
    touchedIn(environment, settings, files, places).sort((a, b) => (a.file < b.file ? -1 : 1)),
  );
}

function touchedIn(
  environment: Environment,
  settings: Settings,
  files: readonly ChangedFile[],
  places: Places,
): TouchedStack[] {
  const { name } = environment;
  const at = (file: string) => places.at(name, file);
  const touched = new Map<StackId, TouchedStack>();
  const touch = (
    stack: StackId,
    file: string,
    more: Partial<Pick<TouchedStack, 'removed' | 'unmade' | 'movedFrom' | 'changedAt' | 'refused'>> = {},
  ) => {
    const parameters = parameterFiles(file, name);
    touched.set(stack, { stack, environment, file, parameterFiles: parameters, removed: false, ...more });
  };
  const elsewhere = (place: Place, file: string) =>
    place.recorded === file ? {} : { movedFrom: place.recorded };

  const moves = movesIn(files, at, (path) => isTemplatePath(settings, path));
  const stackOf = (
    path: string,
  ): readonly [StackId, string, Pick<TouchedStack, 'movedFrom' | 'changedAt'>] => {
    const move = moves.find(({ from, to }) => from === path || to === path);
    if (move) return [move.place.stack, move.to, elsewhere(move.place, move.to)];
    const place = at(path);
    if (!place) return [places.idOf(name, path), path, {}];
    if (place.pending.length === 0 || place.recorded !== path)
      return [place.stack, path, elsewhere(place, path)];
    const file = fileOf(place);
    return [place.stack, file, { ...elsewhere(place, file), changedAt: { path, stays: true } }];
  };

  for (const path of files.flatMap((file) => [file.path, file.previousPath ?? []].flat())) {
    for (const template of templatesOf(path)) {
      const isOwn = parameterFiles(template, name).includes(path) && isTemplatePath(settings, template);
      if (isOwn) touch(...stackOf(template));
    }
  }
  for (const { path, status, previousPath } of files) {
    const left = status === 'renamed' && previousPath !== undefined ? at(previousPath) : undefined;
    if (left && previousPath !== undefined && !moves.some((move) => move.place === left)) {
      const refused = isTemplatePath(settings, path)
        ? inTheWay(left, previousPath, path)
        : noTemplateThere(left, previousPath, path);
      // What is at a path that no settings know is nobody's to destroy.
      if (isTemplatePath(settings, previousPath)) touch(left.stack, previousPath, { removed: true, refused });
      if (isTemplatePath(settings, path)) touch(...stackOf(path));
    } else if (isTemplatePath(settings, path)) {
      const there = at(path);
      if (status === 'added' && there?.recorded === path && there.pending.length > 0) {
        // Another one would begin here, and what is to go from here has not gone yet.
        touch(there.stack, path, { refused: moveFirst(path, fileOf(there)) });
        continue;
      }
      const [gone] = previousPath === undefined || at(path) ? [] : places.formerlyAt(name, previousPath);
      if (status === 'renamed' && gone && previousPath !== undefined && !moves.some((m) => m.to === path))
        touch(gone.stack, path, { refused: movedMeanwhile(previousPath, fileOf(gone), path) });
      else {
        const [stack, file, more] = stackOf(path);
        const isMade = at(path) !== undefined || moves.some((m) => m.to === path);
        const unmade = isMade ? {} : { unmade: status === 'added' ? ('new' as const) : ('old' as const) };
        touch(stack, file, { ...more, ...unmade, removed: status === 'removed' && file === path });
      }
    }
  }
  for (const path of changedUnderOldName(files, name)) {
    if (at(path)) continue;
    for (const place of places.formerlyAt(name, path)) {
      const file = fileOf(place);
      if (touched.has(place.stack) || !isTemplatePath(settings, file)) continue;
      touch(place.stack, file, { ...elsewhere(place, file), changedAt: { path, stays: false } });
    }
  }
  return [...touched.values()];
}

/** A template that goes on at another path as the stack that it is. */
interface Move {
  readonly place: Place;
  readonly from: string;
  readonly to: string;
}

/** GitHub's word that it is the same file: where it says that one went and another came, so it is. */
function movesIn(
  files: readonly ChangedFile[],
  at: (file: string) => Place | undefined,
  isTemplate: (path: string) => boolean,
): readonly Move[] {
  return files.flatMap(({ status, path, previousPath }): Move[] => {
    if (status !== 'renamed' || previousPath === undefined || !isTemplate(path)) return [];
    const place = at(previousPath);
    const there = at(path);
    // Once it is merged, or its apply has begun, the stack is at both.
    return place && (!there || there === place) ? [{ place, from: previousPath, to: path }] : [];
  });
}

/** Templates of which a pull request that was opened before a move still has the path. */
function changedUnderOldName(files: readonly ChangedFile[], environment: string): readonly string[] {
  return files
    .filter(({ status }) => status !== 'added' && status !== 'copied')
    .flatMap(({ path, previousPath }) => [path, previousPath ?? []].flat())
    .flatMap((path) => [
      path,
      ...templatesOf(path).filter((template) => parameterFiles(template, environment).includes(path)),
    ]);
}
