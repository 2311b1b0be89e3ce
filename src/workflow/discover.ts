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

/** What is looked at to find the stacks of one environment. */
interface Search {
  readonly environment: Environment;
  readonly settings: Settings;
  readonly places: Places;
  readonly moves: readonly Move[];
}

type About = Partial<Pick<TouchedStack, 'removed' | 'unmade' | 'movedFrom' | 'changedAt' | 'refused'>>;

function touchedIn(
  environment: Environment,
  settings: Settings,
  files: readonly ChangedFile[],
  places: Places,
): TouchedStack[] {
  const search = { environment, settings, places, moves: movesIn(environment, settings, files, places) };
  const touched = new Map<StackId, TouchedStack>();
  // What is said of the template itself counts before what its parameter files tell.
  for (const one of [...byParameters(search, files), ...files.flatMap((file) => byTemplate(search, file))])
    touched.set(one.stack, one);
  for (const one of underOldName(search, files)) if (!touched.has(one.stack)) touched.set(one.stack, one);
  return [...touched.values()];
}

/** Stacks of templates whose file of parameter values for the environment is changed. */
function byParameters(search: Search, files: readonly ChangedFile[]): readonly TouchedStack[] {
  return files
    .flatMap(({ path, previousPath }) => [path, previousPath ?? []].flat())
    .flatMap((path) => templatesWith(path, search.environment))
    .filter((template) => isTemplatePath(search.settings, template))
    .map((template) => touch(search, ...stackOf(search, template)));
}

/** The stack of a changed template, and the one that lives where it was renamed from and cannot go with it. */
function byTemplate(search: Search, { path, status, previousPath }: ChangedFile): readonly TouchedStack[] {
  const { settings, places, moves } = search;
  const at = (file: string) => places.at(search.environment.name, file);
  const isTemplate = isTemplatePath(settings, path);
  const isMove = moves.some((move) => move.to === path);
  if (status === 'renamed' && previousPath !== undefined && !isMove) {
    const left = at(previousPath);
    const refused = left && (isTemplate ? inTheWay : noTemplateThere)(left, previousPath, path);
    // What is at a path that no settings know is nobody's to destroy.
    if (left && refused && isTemplatePath(settings, previousPath))
      return [
        touch(search, left.stack, previousPath, { removed: true, refused }),
        ...(isTemplate ? [touch(search, ...stackOf(search, path))] : []),
      ];
    const [gone] = at(path) ? [] : places.formerlyAt(search.environment.name, previousPath);
    if (isTemplate && gone)
      return [touch(search, gone.stack, path, { refused: movedMeanwhile(previousPath, fileOf(gone), path) })];
  }
  if (!isTemplate) return [];
  const there = at(path);
  // Another one would begin here, and what is to go from here has not gone yet.
  if (status === 'added' && there?.recorded === path && there.pending.length > 0)
    return [touch(search, there.stack, path, { refused: moveFirst(path, fileOf(there)) })];
  const [stack, file, about] = stackOf(search, path);
  const unmade = there || isMove ? {} : { unmade: status === 'added' ? ('new' as const) : ('old' as const) };
  return [
    touch(search, stack, file, { ...about, ...unmade, removed: status === 'removed' && file === path }),
  ];
}

/** Stacks of templates that a pull request, opened before they moved, changes under the path that they had. */
function underOldName(search: Search, files: readonly ChangedFile[]): readonly TouchedStack[] {
  const { environment, settings, places } = search;
  return files
    .filter(({ status }) => status !== 'added' && status !== 'copied')
    .flatMap(({ path, previousPath }) => [path, previousPath ?? []].flat())
    .flatMap((path) => [path, ...templatesWith(path, environment)])
    .filter((path) => !places.at(environment.name, path))
    .flatMap((path) =>
      places
        .formerlyAt(environment.name, path)
        .filter((place) => isTemplatePath(settings, fileOf(place)))
        .map((place) => {
          const changedAt = { path, stays: false };
          return touch(search, place.stack, fileOf(place), { ...elsewhere(place, fileOf(place)), changedAt });
        }),
    );
}

/** The stack of a path, and where its template is once the pull request is merged. */
function stackOf(
  { environment: { name }, places, moves }: Search,
  path: string,
): readonly [StackId, string, About] {
  const move = moves.find(({ from, to }) => from === path || to === path);
  if (move) return [move.place.stack, move.to, elsewhere(move.place, move.to)];
  const place = places.at(name, path);
  if (!place) return [places.idOf(name, path), path, {}];
  if (place.pending.length === 0 || place.recorded !== path)
    return [place.stack, path, elsewhere(place, path)];
  const file = fileOf(place);
  return [place.stack, file, { ...elsewhere(place, file), changedAt: { path, stays: true } }];
}

function elsewhere({ recorded }: Place, file: string): About {
  return recorded === file ? {} : { movedFrom: recorded };
}

function touch({ environment }: Search, stack: StackId, file: string, about: About): TouchedStack {
  const parameters = parameterFiles(file, environment.name);
  return { stack, environment, file, parameterFiles: parameters, removed: false, ...about };
}

/** The templates whose parameter values for the environment stand at the path. */
function templatesWith(path: string, { name }: Environment): readonly string[] {
  return templatesOf(path).filter((template) => parameterFiles(template, name).includes(path));
}

/** A template that goes on at another path as the stack that it is. */
interface Move {
  readonly place: Place;
  readonly from: string;
  readonly to: string;
}

/** GitHub's word that it is the same file: where it says that one went and another came, so it is. */
function movesIn(
  { name }: Environment,
  settings: Settings,
  files: readonly ChangedFile[],
  places: Places,
): readonly Move[] {
  return files.flatMap(({ status, path, previousPath }): Move[] => {
    if (status !== 'renamed' || previousPath === undefined || !isTemplatePath(settings, path)) return [];
    const place = places.at(name, previousPath);
    const there = places.at(name, path);
    // Once it is merged, or its apply has begun, the stack is at both.
    return place && (!there || there === place) ? [{ place, from: previousPath, to: path }] : [];
  });
}
