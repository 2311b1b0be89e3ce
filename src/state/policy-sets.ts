import { type Kysely, sql, type Transaction } from 'kysely';
import type { Diagnostic } from '../base/diagnostic.ts';
import { jsonb } from '../db/json.ts';
import type { Schema } from '../db/schema.ts';

/** A policy file as it is kept. */
export interface PolicyText {
  /** In the repository. */
  readonly path: string;
  readonly text: string;
  /** The pack whose folder it is in. */
  readonly pack?: string;
}

/** What is known of the policies that the configuration names. */
export interface PolicySet {
  /** The commit that was looked at last, whatever was found there. */
  readonly seen: string;
  /** The commit whose policies are in force; undefined while none could be read. */
  readonly commit: string | undefined;
  /** What is wrong with those of `seen`; then those of an earlier `commit` are in force, or none. */
  readonly problems: readonly Diagnostic[];
}

/** Kept in the database, so that all processes judge by the same policies, also when GitHub is away. */
export interface PolicySets {
  get(source: string): Promise<PolicySet | undefined>;
  /** The files that are in force. */
  files(source: string): Promise<readonly PolicyText[]>;
  /**
   * Puts what was found in the place of what was known before; false where somebody else has looked meanwhile. Without
   * `files` those that are in force stay.
   */
  put(
    transaction: Transaction<Schema>,
    source: string,
    earlier: PolicySet | undefined,
    found: PolicySet,
    files?: readonly PolicyText[],
  ): Promise<boolean>;
}

/** Keeps the policies in the database. */
export function createPolicySets(kysely: Kysely<Schema>): PolicySets {
  return {
    async get(source) {
      const row = await kysely
        .selectFrom('policy_set')
        .select(['seen', 'commit', 'problems'])
        .where('source', '=', source)
        .executeTakeFirst();
      if (!row) return undefined;
      const problems = row.problems as readonly Diagnostic[];
      return { seen: row.seen, commit: row.commit ?? undefined, problems };
    },
    async files(source) {
      const row = await kysely
        .selectFrom('policy_set')
        .select('files')
        .where('source', '=', source)
        .executeTakeFirst();
      return (row?.files ?? []) as readonly PolicyText[];
    },
    async put(transaction, source, earlier, { seen, commit, problems }, files) {
      const row = { seen, commit: commit ?? null, problems: jsonb<readonly object[]>(problems) };
      const own = files && { files: jsonb<readonly object[]>(files) };
      if (!earlier) {
        const made = await transaction
          .insertInto('policy_set')
          .values({ source, ...row, files: jsonb<readonly object[]>(files ?? []) })
          .onConflict((conflict) => conflict.column('source').doNothing())
          .returning('source')
          .executeTakeFirst();
        return made !== undefined;
      }
      const changed = await transaction
        .updateTable('policy_set')
        .set({ ...row, ...own })
        .where('source', '=', source)
        .where('seen', '=', earlier.seen)
        .where(sql<boolean>`commit is not distinct from ${earlier.commit ?? null}`)
        .returning('source')
        .executeTakeFirst();
      return changed !== undefined;
    },
  };
}
