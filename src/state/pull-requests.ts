import { type Selectable, sql } from 'kysely';
import type { Statement } from '../approval/approval.ts';
import type { Database } from '../db/database.ts';
import { decrypted, encryptedColumns, encryptedWithFacts } from '../db/encrypted-columns.ts';
import type { PullRequestTable } from '../db/schema.ts';
import type { Review } from '../review/review.ts';
import type { StackId } from '../stack/stack.ts';

/** What was shown when: an approval counts for what its giver can have seen. */
export interface Shown {
  /** GitHub's own time of the comment that showed it, ISO 8601, whole seconds. */
  readonly at: string;
  readonly headSha: string;
  readonly digests: Readonly<Record<StackId, string>>;
  /** Those of which it said that they are to be approved after the merge. */
  readonly deferred?: readonly StackId[];
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
  /** Logins of who pushed to it, as far as webhooks told. */
  readonly pushers?: readonly string[];
  /** GitHub's time of our last writing of the comment, and a digest of the text that it then had. */
  readonly written?: { readonly at: string; readonly digest: string };
  /** What it is about to show, or shows since a process that died before it could say so. */
  readonly writing?: {
    /** Of the text. */
    readonly digest: string;
    /** By our own clock, ISO 8601: not shown before that. */
    readonly since: string;
    readonly shows: Omit<Shown, 'at'>;
  };
  /** How far its life has come. `settled`: applied, or closed; nothing more is to be done by itself. */
  readonly phase: 'open' | 'applying' | 'failed' | 'settled';
  /** Of a pull request from a fork: the commit that an operator asked to have planned. */
  readonly plannableFork?: string;
  /** Of the files that it changes, as of the review. */
  readonly paths?: readonly string[];
  /** Names of its labels, as of the latest decision. */
  readonly labels?: readonly string[];
  /** Environment → GitHub's deployment of this merge. */
  readonly deployments?: Readonly<Record<string, number>>;
  /** Stack → login of who asked to go back from what this merge did to it. */
  readonly rollbacks?: Readonly<Record<StackId, string>>;
  /** Stack → on whose word others may change it although that run of this merge left git and the cloud apart. */
  readonly unlocked?: Readonly<Record<StackId, { readonly by: string; readonly run: string }>>;
  /** By which the changes are known that were suggested on its lines. */
  readonly suggested?: readonly string[];
  /** Of what code scanning was told last of it. */
  readonly analysed?: string;
  /** The work that last planned it, as traces name it. */
  readonly trace?: string;
  /** The environment that is tried again, where it is not all of them. */
  readonly retrying?: string;
}

export interface PullRequests {
  get(repository: string, number: number): Promise<PullRequestRecord | undefined>;
  put(record: PullRequestRecord): Promise<void>;
  /** Logins of who opened it or pushed to it, from the webhooks that are still stored. */
  pushers(repository: string, number: number): Promise<readonly string[]>;
  /** The id of the newest stored webhook that tells of a push to it, its opening, closing or merge. */
  lastHeard(repository: string, number: number): Promise<string | undefined>;
  /** Stops what is being applied of it between two resources, and lets nothing begin until `uncancel`. */
  cancel(repository: string, number: number, login: string): Promise<void>;
  uncancel(repository: string, number: number): Promise<void>;
  /** The login of who stopped it. */
  cancelledBy(repository: string, number: number): Promise<string | undefined>;
  /** What is shown on those that are not settled, other than `except`; by number. */
  openReviews(repository: string, except?: number): Promise<readonly Review[]>;
  /** Who opened, or pushed to, others with this head; checks are a commit's, and so are theirs who made it. */
  proposersOf(repository: string, headSha: string, except: number): Promise<readonly string[]>;
  /** What is shown on those that were merged and are not settled; by number. */
  mergedReviews(repository: string): Promise<readonly Review[]>;
  /** Numbers of open ones that plan this stack, other than `except`. */
  openOn(repository: string, stack: StackId, except: number): Promise<readonly number[]>;
}

/** What stands in the row's JSON; the rest has columns. */
type Kept = Omit<PullRequestRecord, 'repository' | 'number' | 'headSha' | 'baseRef' | 'commentId'>;

type KeptRow = Pick<Selectable<PullRequestTable>, 'repository' | 'number' | 'review'>;

const shownKept = 20;

/** Actions of GitHub's `pull_request` event after which there may be other commits. */
const pushes = ['opened', 'synchronize', 'reopened'];

/** Keeps the records in the database. `now` is the time of a write. */
export function createPullRequests(database: Database, now: () => Date): PullRequests {
  const { kysely } = database;
  const { pullRequestReview } = encryptedColumns;
  const keptIn = async (row: KeptRow) =>
    (await decrypted(database, pullRequestReview, row, row.review)) as Kept;
  const reviewsIn = (rows: readonly KeptRow[]) =>
    Promise.all(rows.map(async (row) => (await keptIn(row)).review));
  return {
    async get(repository, number) {
      const row = await kysely
        .selectFrom('pull_request')
        .selectAll()
        .where('repository', '=', repository)
        .where('number', '=', number)
        .executeTakeFirst();
      if (!row) return undefined;
      const kept = await keptIn(row);
      return {
        repository,
        number,
        headSha: row.head_sha,
        baseRef: row.base_ref,
        ...(row.comment_id === null ? {} : { commentId: row.comment_id }),
        ...kept,
      };
    },
    async put({ repository, number, headSha, baseRef, commentId, ...given }) {
      const kept = { ...given, shown: given.shown.slice(-shownKept) } satisfies Kept;
      const review = await encryptedWithFacts(database, pullRequestReview, { repository, number }, kept);
      const row = {
        head_sha: headSha,
        base_ref: baseRef,
        comment_id: commentId ?? null,
        review: review.stored,
        facts: review.facts,
        updated_at: now(),
      };
      await kysely
        .insertInto('pull_request')
        .values({ repository, number, ...row })
        .onConflict((conflict) => conflict.columns(['repository', 'number']).doUpdateSet(row))
        .execute();
    },
    async pushers(repository, number) {
      const rows = await kysely
        .selectFrom('delivery')
        .select(sql<string | null>`coalesce(facts, payload) -> 'sender' ->> 'login'`.as('login'))
        .distinct()
        .where('event', '=', 'pull_request')
        .where('action', 'in', pushes)
        .where('repository', '=', repository)
        .where(sql<string | null>`coalesce(facts, payload) ->> 'number'`, '=', String(number))
        .execute();
      return rows.flatMap(({ login }) => (login === null ? [] : [login])).sort();
    },
    async lastHeard(repository, number) {
      const row = await kysely
        .selectFrom('delivery')
        .select('id')
        .where('event', '=', 'pull_request')
        .where('action', 'in', [...pushes, 'closed'])
        .where('repository', '=', repository)
        .where(sql<string | null>`coalesce(facts, payload) ->> 'number'`, '=', String(number))
        .orderBy('received_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.id;
    },
    async cancel(repository, number, login) {
      await kysely
        .insertInto('cancellation')
        .values({ repository, number, login })
        .onConflict((conflict) => conflict.columns(['repository', 'number']).doNothing())
        .execute();
    },
    async uncancel(repository, number) {
      await kysely
        .deleteFrom('cancellation')
        .where('repository', '=', repository)
        .where('number', '=', number)
        .execute();
    },
    async cancelledBy(repository, number) {
      const row = await kysely
        .selectFrom('cancellation')
        .select('login')
        .where('repository', '=', repository)
        .where('number', '=', number)
        .executeTakeFirst();
      return row?.login;
    },
    async openReviews(repository, except) {
      const rows = await kysely
        .selectFrom('pull_request')
        .select(['repository', 'number', 'review'])
        .where('repository', '=', repository)
        .where(sql<string>`coalesce(facts, review) ->> 'phase'`, '=', 'open')
        .$if(except !== undefined, (query) => query.where('number', '!=', except!))
        .orderBy('number')
        .execute();
      return reviewsIn(rows);
    },
    async proposersOf(repository, headSha, except) {
      const rows = await kysely
        .selectFrom('pull_request')
        .select([
          sql<string>`coalesce(facts, review) -> 'review' ->> 'author'`.as('author'),
          sql<readonly string[] | null>`coalesce(facts, review) -> 'pushers'`.as('pushers'),
        ])
        .where('repository', '=', repository)
        .where('head_sha', '=', headSha)
        .where('number', '!=', except)
        .execute();
      return rows.flatMap(({ author, pushers }) => [author, ...(pushers ?? [])]);
    },
    async mergedReviews(repository) {
      const rows = await kysely
        .selectFrom('pull_request')
        .select(['repository', 'number', 'review'])
        .where('repository', '=', repository)
        .where(sql<string>`coalesce(facts, review) ->> 'phase'`, '!=', 'settled')
        .where(sql<string>`coalesce(facts, review) -> 'review' ->> 'merged'`, '=', 'true')
        .orderBy('number')
        .execute();
      return reviewsIn(rows);
    },
    async openOn(repository, stack, except) {
      const rows = await kysely
        .selectFrom('pull_request')
        .select([
          'number',
          sql<readonly { readonly stack: StackId }[]>`coalesce(facts, review) -> 'review' -> 'stacks'`.as(
            'stacks',
          ),
        ])
        .where('repository', '=', repository)
        .where(sql<string>`coalesce(facts, review) ->> 'phase'`, '=', 'open')
        .where('number', '!=', except)
        .execute();
      return rows.filter(({ stacks }) => stacks.some((s) => s.stack === stack)).map((row) => row.number);
    },
  };
}
