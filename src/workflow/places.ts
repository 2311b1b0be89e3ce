/**
 * Where the templates of a repository's stacks are. A stack is known for ever by the path that its template had
 * first; its record says where the template is now. Whoever goes from a path to a stack asks here.
 */

import type { StackId } from '../stack/stack.ts';
import { repositoryOf, stackId } from '../stack/stack-id.ts';
import type { PullRequests } from '../state/pull-requests.ts';
import type { StackRecord, State } from '../state/state.ts';

/** A living stack, and where its template is. */
export interface Place {
  readonly stack: StackId;
  readonly environment: string;
  /** As recorded: where the latest apply found it. */
  readonly recorded: string;
  /** Where merges that are not applied yet have put it; the latest last. */
  readonly pending: readonly string[];
  /** Where it was before. */
  readonly former: readonly string[];
}

/** A merge that has moved a template and is not applied yet. */
export interface PendingMove {
  readonly stack: StackId;
  readonly from: string;
  readonly to: string;
}

/** The living stacks of one repository, by the paths of their templates. */
export interface Places {
  /** The living stack whose template is at the path. */
  at(environment: string, file: string): Place | undefined;
  /** Living stacks whose template was at the path and is elsewhere now. */
  formerlyAt(environment: string, file: string): readonly Place[];
  /** Whether any of their templates is at the path, or was. */
  knows(file: string): boolean;
  /** Every living stack of the environment. */
  in(environment: string): readonly Place[];
  /** The stack of the path: the one that is there, or what a new one would be called. */
  idOf(environment: string, file: string): StackId;
}

/**
 * @param repository `owner/name`, as it was called first
 * @param living stacks that are there, of this repository and of others
 */
export function placesOf(
  repository: string,
  living: readonly StackRecord[],
  pending: readonly PendingMove[] = [],
): Places {
  const places = living
    .filter(({ id }) => repositoryOf(id) === repository)
    .map(({ id, environment, file, formerFiles = [] }): Place => {
      const moves = pending.filter((move) => move.stack === id && move.from === file);
      return {
        stack: id,
        environment,
        recorded: file,
        pending: moves.map((move) => move.to),
        former: formerFiles,
      };
    });
  const taken = new Set(places.map(({ stack }) => stack));
  const at: Places['at'] = (environment, file) => {
    const here = places.filter((p) => p.environment === environment);
    return here.find((p) => p.recorded === file) ?? here.find((p) => p.pending.includes(file));
  };
  return {
    at,
    formerlyAt: (environment, file) =>
      places.filter(
        (p) =>
          p.environment === environment &&
          p.former.includes(file) &&
          p.recorded !== file &&
          !p.pending.includes(file),
      ),
    knows: (file) => places.some((p) => [p.recorded, ...p.pending, ...p.former].includes(file)),
    in: (environment) => places.filter((p) => p.environment === environment),
    idOf(environment, file) {
      const found = at(environment, file);
      if (found) return found.stack;
      // The first stack of the path may live on at another one, under this name.
      for (let generation = 1; ; generation++) {
        const id = stackId(repository, file, environment, generation);
        if (!taken.has(id)) return id;
      }
    },
  };
}

/** Where the template is as far as anybody knows: where a merge has put it, or where it was applied. */
export function fileOf({ recorded, pending }: Place): string {
  return pending.at(-1) ?? recorded;
}

/** The places as they are by now. */
export async function readPlaces(
  { state, pullRequests }: { readonly state: State; readonly pullRequests: PullRequests },
  repository: string,
): Promise<Places> {
  const [living, reviews] = await Promise.all([
    livingStacks(state, repository),
    pullRequests.mergedReviews(repository),
  ]);
  const pending = reviews.flatMap(({ stacks }) =>
    stacks.flatMap(({ stack, file, movedFrom }): PendingMove[] =>
      movedFrom === undefined ? [] : [{ stack, from: movedFrom, to: file }],
    ),
  );
  return placesOf(repository, living, pending);
}

/** Stacks of the repository that are there. What was tried and never made is none: its name is free. */
export async function livingStacks(state: State, repository: string): Promise<readonly StackRecord[]> {
  const own = (await state.stacks()).filter(
    ({ id, status }) => status !== 'destroyed' && repositoryOf(id) === repository,
  );
  const alive = await Promise.all(
    own.map(async ({ id, status }) => status === 'applied' || (await isAlive(state, id))),
  );
  return own.filter((_, index) => alive[index]);
}

/** Also while its first resource is being made: a revert that is merged then must not find nothing to take away. */
export async function isAlive(state: State, stack: StackId): Promise<boolean> {
  return (await state.resources(stack)).length > 0 || (await state.unfinishedRun(stack)) !== undefined;
}
