import type { Diagnostic } from '../base/diagnostic.ts';
import { parameterFiles } from '../settings/paths.ts';
import type { Settings } from '../settings/settings.ts';
import type { TouchedStack } from './discover.ts';
import { leftBehind, movedMeanwhile, notTakenForMove, stillThere } from './move-refusals.ts';
import { fileOf, isAlive, type Places } from './places.ts';
import type { StackSource } from './plan-stack.ts';
import type { ReadFollowers } from './plan-together.ts';
import type { PullRequest, Repository } from './repository.ts';
import type { Workflow } from './workflow.ts';

/** A commit whose stacks are read: of which pull request it is, and what the base branch says of stacks. */
export interface Reading {
  readonly repository: Repository;
  readonly commit: string;
  readonly pullRequest: Pick<PullRequest, 'author' | 'number' | 'merged'>;
  readonly settings: Pick<Settings, 'environments' | 'policies'>;
  readonly places: Places;
}

/** The text of every touched stack at a commit; stacks of which nothing is there, and nothing was, are left out. */
export async function readSources(
  { state }: Pick<Workflow, 'state'>,
  reading: Reading,
  touched: readonly TouchedStack[],
): Promise<readonly StackSource[]> {
  const { repository, commit, pullRequest, settings } = reading;
  const paths = touched.flatMap((t) => {
    const former = t.changedAt ? pathsAt(t.changedAt.path, t.environment.name) : [];
    return [
      ...(t.removed ? [] : [t.file, ...t.parameterFiles, ...former]),
      ...(t.movedFrom ? [t.movedFrom] : []),
    ];
  });
  const texts = paths.length > 0 ? await repository.readFiles(commit, paths) : new Map<string, string>();
  const found = touched.map((t) => unlessStill(whereItIs(t, texts, pullRequest.merged), texts));
  const stale = touched.filter((t) => t.changedAt !== undefined && !texts.has(t.file));
  const lost = await lostSightOf(reading, found);
  const sources: StackSource[] = [];
  for (const stack of found) {
    const text = texts.get(stack.file);
    const isAbsent = text === undefined || !looksLikeTemplate(text);
    // Its branch still has it there; as a stack of its own it would be made a second time.
    const isStale = stale.some(
      (t) => t.environment === stack.environment && t.changedAt?.path === stack.file,
    );
    if ((isAbsent || isStale) && !(await isAlive(state, stack.stack))) continue;
    const parameterFile = stack.parameterFiles.find((path) => texts.has(path));
    sources.push({
      stack: stack.stack,
      environment: stack.environment,
      file: stack.file,
      text,
      packs: settings.policies,
      author: pullRequest.author,
      session: `pr-${pullRequest.number}`,
      ...(stack.movedFrom === undefined ? {} : { movedFrom: stack.movedFrom }),
      ...(parameterFile === undefined
        ? {}
        : { parameters: { file: parameterFile, text: texts.get(parameterFile)! } }),
      ...(stack.refused ? { refused: stack.refused } : {}),
      ...noticesOf([...(text === undefined ? goneFor(stack, found, texts) : []), ...seenNoMore(stack, lost)]),
    });
  }
  return sources;
}

/**
 * The stack where a commit has its template. A branch from before a move has it at the old path still: of a merge that
 * is planned, and of an open pull request it is not known what merging would make.
 */
function whereItIs(
  touched: TouchedStack,
  texts: ReadonlyMap<string, string>,
  isMerged: boolean,
): TouchedStack {
  const { file, changedAt, environment } = touched;
  if (changedAt === undefined || texts.has(file)) return touched;
  const { path, stays } = changedAt;
  if (!texts.has(path) || !(stays || isMerged))
    return { ...touched, refused: movedMeanwhile(path, file, path) };
  const { movedFrom: _, ...there } = touched;
  return { ...there, file: path, parameterFiles: parameterFiles(path, environment.name) };
}

/** What has moved is not there any more; where it is, the move was taken back, and the stack must not go with it. */
function unlessStill(touched: TouchedStack, texts: ReadonlyMap<string, string>): TouchedStack {
  const { movedFrom, file } = touched;
  if (movedFrom === undefined || !looksLikeTemplate(texts.get(movedFrom) ?? '')) return touched;
  return { ...touched, refused: touched.refused ?? stillThere(movedFrom, file) };
}

/** What is said of a stack that is destroyed while the same pull request brings another: it may have been one. */
function goneFor(
  { file, environment, removed }: TouchedStack,
  all: readonly TouchedStack[],
  texts: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const come = all.filter(
    (t) => t.unmade === 'new' && t.environment === environment && looksLikeTemplate(texts.get(t.file) ?? ''),
  );
  return removed && come.length > 0
    ? [
        notTakenForMove(
          file,
          come.map((t) => t.file),
        ),
      ]
    : [];
}

/**
 * The living stacks beside the touched ones whose templates a commit has no more, by environment. Looked for only where
 * a template that was there before has no stack: it may be one of them, renamed unseen. What no call to GitHub shows to
 * be gone must not be said to be, so all of them are asked for, however many they are.
 */
async function lostSightOf(
  { repository, commit, places }: Reading,
  touched: readonly TouchedStack[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const environments = [...new Set(touched.flatMap((t) => (t.unmade === 'old' ? [t.environment.name] : [])))];
  const own = new Set(touched.map((t) => t.stack));
  const others = new Map(
    environments.map((name) => [
      name,
      places
        .in(name)
        .filter((place) => !own.has(place.stack))
        .map(fileOf),
    ]),
  );
  const files = [...new Set([...others.values()].flat())];
  const there = files.length === 0 ? new Set<string>() : await repository.present(commit, files);
  return new Map([...others].map(([name, all]) => [name, all.filter((path) => !there.has(path))]));
}

/** What is said of a template that was there before and has no stack, where a stack has no template any more. */
function seenNoMore(
  { unmade, file, environment }: TouchedStack,
  lost: ReadonlyMap<string, readonly string[]>,
): readonly Diagnostic[] {
  const gone = unmade === 'old' ? (lost.get(environment.name) ?? []) : [];
  return gone.length === 0 ? [] : [leftBehind(environment.name, file, gone)];
}

function noticesOf(notices: readonly Diagnostic[]): Pick<StackSource, 'notices'> {
  return notices.length === 0 ? {} : { notices };
}

function pathsAt(file: string, environment: string): readonly string[] {
  return [file, ...parameterFiles(file, environment)];
}

/** Reads the stacks that nobody touched and that are planned with the touched ones, of the same commit. */
export function followersAt(workflow: Pick<Workflow, 'state'>, reading: Reading): ReadFollowers {
  const { settings, places } = reading;
  return async (stacks) => {
    if (stacks.length === 0) return [];
    const touched = stacks.flatMap(({ id: stack, environment: name, file: recorded }): TouchedStack[] => {
      const environment = settings.environments.find((e) => e.name === name);
      if (!environment) return [];
      const place = places.at(name, recorded);
      const file = place ? fileOf(place) : recorded;
      const moved = file === recorded ? {} : { movedFrom: recorded };
      return [
        { stack, environment, file, parameterFiles: parameterFiles(file, name), removed: false, ...moved },
      ];
    });
    const sources = await readSources(workflow, reading, touched);
    // One whose template went away unseen is not for this pull request to destroy.
    return sources.filter(({ text }) => text !== undefined);
  };
}

/** A glob may cover files that are no templates; one that says `Resources` anywhere is taken for one. */
function looksLikeTemplate(text: string): boolean {
  return /\bResources\b/.test(text);
}
