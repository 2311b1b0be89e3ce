import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { jsonb } from '../db/json.ts';
import type { Finding } from '../policy/finding.ts';

/** Template → what is found in it, with the environments where. */
export type FindingsByFile = Readonly<
  Record<string, readonly (Finding & { readonly environments: readonly string[] })[]>
>;

/** What GitHub's code scanning was told of a repository. */
export interface CodeScanningRecord {
  /** Of the default branch. */
  readonly files: FindingsByFile;
  /** A digest of what was uploaded last of the default branch. */
  readonly uploaded: string | undefined;
  /** When GitHub took none, if it has taken none since. */
  readonly refusedAt: Date | undefined;
}

/**
 * Code scanning takes a file that an analysis does not have for one without findings, and a pull request touches few:
 * what was found in the others is kept to be told with it.
 */
export interface CodeScanning {
  get(repository: string): Promise<CodeScanningRecord>;
  /** What is found in these templates on the default branch, in the place of what was. */
  keep(repository: string, files: FindingsByFile): Promise<void>;
  /** GitHub took an analysis; `uploaded` where it was one of the default branch. */
  taken(repository: string, uploaded?: string): Promise<void>;
  /** GitHub took none at this time. */
  refused(repository: string, at: Date): Promise<void>;
}

/** Keeps it in the database. */
export function createCodeScanning({ kysely }: Database): CodeScanning {
  return {
    async get(repository) {
      const row = await kysely
        .selectFrom('code_scanning')
        .selectAll()
        .where('repository', '=', repository)
        .executeTakeFirst();
      return {
        files: (row?.files ?? {}) as FindingsByFile,
        uploaded: row?.uploaded ?? undefined,
        refusedAt: row?.refused_at ?? undefined,
      };
    },
    async keep(repository, files) {
      await kysely
        .insertInto('code_scanning')
        .values({ repository, files: jsonb<object>(files) })
        .onConflict((conflict) =>
          // Merged by the database, for two merges may end at once.
          conflict.column('repository').doUpdateSet({ files: sql`code_scanning.files || excluded.files` }),
        )
        .execute();
    },
    async taken(repository, uploaded) {
      await kysely
        .updateTable('code_scanning')
        .set({ refused_at: null, ...(uploaded === undefined ? {} : { uploaded }) })
        .where('repository', '=', repository)
        .execute();
    },
    async refused(repository, at) {
      await kysely
        .insertInto('code_scanning')
        .values({ repository, files: jsonb<object>({}), refused_at: at })
        .onConflict((conflict) => conflict.column('repository').doUpdateSet({ refused_at: at }))
        .execute();
    },
  };
}
