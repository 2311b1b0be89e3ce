import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { PullRequestRecord } from './pull-requests.ts';

/** What is stored of a pull request, without what makes its record large. */
export interface KnownPullRequest extends Pick<PullRequestRecord, 'number' | 'headSha' | 'phase'> {
  /** What is shown was shown after the merge. */
  readonly merged: boolean;
  /** Something is shown that somebody can approve. */
  readonly isVotedOn: boolean;
  /** Names of its labels, as of the latest decision; undefined where none was made since they are kept. */
  readonly labels: readonly string[] | undefined;
  /** GitHub's time of the earliest thing shown that is still kept. */
  readonly shownSince: string | undefined;
  readonly statements: readonly {
    readonly kind: 'comment' | 'review';
    readonly id: number;
    readonly at: string;
    readonly edited: boolean;
    readonly dismissed: boolean;
  }[];
  /** ISO 8601, of the last change of the record. */
  readonly updatedAt: string;
}

/** What Slipway has heard of a repository's pull requests: in records, and in webhooks that are still stored. */
export interface Heard {
  known(repository: string): Promise<readonly KnownPullRequest[]>;
  /** Those of the commits of which a webhook told that a pull request was opened or pushed to. */
  heads(repository: string, shas: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those of the pull requests of which a webhook told that they were merged. */
  merges(repository: string, numbers: readonly number[]): Promise<ReadonlySet<number>>;
  /** Whether a merge queue has ever asked for the checks of a commit. */
  hasQueue(repository: string): Promise<boolean>;
  /** Those of the commits for whose checks a merge queue has asked. */
  groups(repository: string, shas: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those of the comments that a webhook brought. */
  comments(repository: string, ids: readonly number[]): Promise<ReadonlySet<number>>;
}

/** Reads them from the database. */
export function createHeard({ kysely }: Database): Heard {
  /** The values at a path of the stored payloads, of those that are asked about. */
  const told = async (
    repository: string,
    events: readonly string[],
    path: string,
    values: readonly (string | number)[],
    only = sql<boolean>`true`,
  ) => {
    if (values.length === 0) return new Set<string>();
    const found = sql<string>`coalesce(facts, payload) #>> ${path}::text[]`;
    const rows = await kysely
      .selectFrom('delivery')
      .select(found.as('value'))
      .distinct()
      .where('repository', '=', repository)
      .where('event', 'in', events)
      .where(found, 'in', values.map(String))
      .where(only)
      .execute();
    return new Set(rows.map(({ value }) => value));
  };
  return {
    async known(repository) {
      const { rows } = await sql<Row>`
        select number, head_sha, updated_at, told ->> 'phase' as phase,
          coalesce((told -> 'review' ->> 'merged')::boolean, false) as merged,
          json_array_length(told -> 'review' -> 'stacks') > 0
            or (told -> 'review' -> 'settings' -> 'gate') is not null as is_voted_on,
          told -> 'labels' as labels,
          told -> 'shown' -> 0 ->> 'at' as shown_since,
          told -> 'statements' as statements
        from pull_request, lateral (select coalesce(facts, review) as told) as kept
        where repository = ${repository}`.execute(kysely);
      return rows.map((row) => ({
        number: row.number,
        headSha: row.head_sha,
        phase: row.phase,
        merged: row.merged,
        isVotedOn: row.is_voted_on,
        labels: row.labels ?? undefined,
        shownSince: row.shown_since ?? undefined,
        statements: row.statements,
        updatedAt: row.updated_at.toISOString(),
      }));
    },
    heads: (repository, shas) => told(repository, ['pull_request'], '{pull_request,head,sha}', shas),
    async merges(repository, numbers) {
      const merged = sql<boolean>`coalesce(facts, payload) #>> '{pull_request,merged}' = 'true'`;
      return numeric(await told(repository, ['pull_request'], '{number}', numbers, merged));
    },
    async hasQueue(repository) {
      const found = await kysely
        .selectFrom('delivery')
        .select('id')
        .where('repository', '=', repository)
        .where('event', '=', 'merge_group')
        .limit(1)
        .executeTakeFirst();
      return found !== undefined;
    },
    groups: (repository, shas) => told(repository, ['merge_group'], '{merge_group,head_sha}', shas),
    comments: async (repository, ids) =>
      numeric(await told(repository, ['issue_comment'], '{comment,id}', ids)),
  };
}

interface Row {
  readonly number: number;
  readonly head_sha: string;
  readonly updated_at: Date;
  readonly phase: KnownPullRequest['phase'];
  readonly merged: boolean;
  readonly is_voted_on: boolean;
  readonly labels: readonly string[] | null;
  readonly shown_since: string | null;
  readonly statements: KnownPullRequest['statements'];
}

function numeric(values: ReadonlySet<string>): ReadonlySet<number> {
  return new Set([...values].map(Number));
}
