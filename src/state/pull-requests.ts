import type { Statement } from '../approval/approval.ts';
import type { Database } from '../db/database.ts';
import { jsonb } from '../db/json.ts';
import type { Review } from '../review/review.ts';
import type { StackId } from '../stack/stack.ts';

/** What was shown when: an approval counts for what its giver can have seen. */
export interface Shown {
  /** GitHub's own time of the comment that showed it, ISO 8601, whole seconds. */
  readonly at: string;
  readonly headSha: string;
  readonly digests: Readonly<Record<StackId, string>>;
}

/** All that Slipway knows of one pull request. */
export interface PullRequestRecord {
  /** `owner/name` */
  readonly repository: string;
  readonly number: number;
  readonly headSha: string;
  readonly baseRef: string;
  /** Slipway's one comment on it. */
  readonly commentId?: number;
  /** What the comment shows now. */
  readonly review: Review;
  /** Newest last; only the latest few are kept. */
  readonly shown: readonly Shown[];
  readonly statements: readonly Statement[];
  /** How far its life has come. `settled`: applied, or closed; nothing more is to be done by itself. */
  readonly phase: 'open' | 'applying' | 'failed' | 'settled';
  /** Of a pull request from a fork: the commit that an operator asked to have planned. */
  readonly plannableFork?: string;
  /** Environment → GitHub's deployment of this merge. */
  readonly deployments?: Readonly<Record<string, number>>;
}

export interface PullRequests {
  get(repository: string, number: number): Promise<PullRequestRecord | undefined>;
  put(record: PullRequestRecord): Promise<void>;
  /** Numbers of open ones that plan this stack, other than `except`. */
  openOn(repository: string, stack: StackId, except: number): Promise<readonly number[]>;
}

/** What stands in the row's JSON; the rest has columns. */
type Kept = Omit<PullRequestRecord, 'repository' | 'number' | 'headSha' | 'baseRef' | 'commentId'>;

const shownKept = 20;

/** Keeps the records in the database. `now` is the time of a write. */
export function createPullRequests(database: Database, now: () => Date): PullRequests {
  const { kysely } = database;
  return {
    async get(repository, number) {
      const row = await kysely
        .selectFrom('pull_request')
        .selectAll()
        .where('repository', '=', repository)
        .where('number', '=', number)
        .executeTakeFirst();
      if (!row) return undefined;
      const kept = row.review as unknown as Kept;
      return {
        repository,
        number,
        headSha: row.head_sha,
        baseRef: row.base_ref,
        ...(row.comment_id === null ? {} : { commentId: row.comment_id }),
        ...kept,
      };
    },
    async put({ repository, number, headSha, baseRef, commentId, ...kept }) {
      const row = {
        head_sha: headSha,
        base_ref: baseRef,
        comment_id: commentId ?? null,
        review: jsonb<object>({ ...kept, shown: kept.shown.slice(-shownKept) } satisfies Kept),
        updated_at: now(),
      };
      await kysely
        .insertInto('pull_request')
        .values({ repository, number, ...row })
        .onConflict((conflict) => conflict.columns(['repository', 'number']).doUpdateSet(row))
        .execute();
    },
    async openOn(repository, stack, except) {
      const rows = await kysely
        .selectFrom('pull_request')
        .select(['number', 'review'])
        .where('repository', '=', repository)
        .where('number', '!=', except)
        .execute();
      return rows
        .filter((row) => {
          const { phase, review } = row.review as unknown as Kept;
          return phase === 'open' && review.stacks.some((s) => s.stack === stack);
        })
        .map((row) => row.number);
    },
  };
}
