import { digestOf } from '../base/canonical-json.ts';
import type { Database } from '../db/database.ts';
import { type ColumnAccess, decrypted, encrypted, encryptedColumns } from '../db/encrypted-columns.ts';
import type { Finding } from '../policy/finding.ts';
import type { StackId } from '../stack/stack.ts';

/** A finding about something that runs, and since when it is known, ISO 8601. */
export type Dated<F extends Finding> = F & { readonly since: string };

/** What was last told of a repository's compliance. */
export interface ComplianceReportRecord {
  /** The number of its issue; undefined before anything was found. */
  readonly issue: number | undefined;
  /** Whether Slipway last left the issue open. */
  readonly isOpen: boolean;
  /** ISO 8601 */
  readonly toldAt: string;
}

/** What compliance scans found, so that the next one can tell what is new. Holds findings: text, and no secret. */
export interface ComplianceRecords {
  /** Writes down what a scan found in a stack; gives it with the time since when each is known. A repeat changes nothing. */
  keep<F extends Finding>(scan: {
    readonly stack: StackId;
    readonly repository: string;
    readonly at: string;
    readonly findings: readonly F[];
  }): Promise<readonly Dated<F>[]>;
  /** The findings with the time since when each is known, where it is. Writes nothing. */
  date<F extends Finding>(
    stack: StackId,
    findings: readonly F[],
  ): Promise<readonly (F & { readonly since?: string })[]>;
  /** Forgets stacks of the repository that are none of these. */
  forget(repository: string, living: readonly StackId[]): Promise<void>;
  report(repository: string): Promise<ComplianceReportRecord | undefined>;
  /** Repositories whose issue Slipway last left open. */
  openReports(): Promise<readonly string[]>;
  putReport(repository: string, record: ComplianceReportRecord): Promise<void>;
}

/** Keeps them in the database. */
export function createComplianceRecords(database: Database): ComplianceRecords {
  const { kysely } = database;
  const { complianceFindings } = encryptedColumns;
  return {
    keep({ stack, repository, at, findings }) {
      return kysely.transaction().execute(async (transaction) => {
        const access = { ...database, kysely: transaction };
        const known = await knownIn(access, stack);
        const dated = withKeys(findings).map(([key, finding]) => ({
          ...finding,
          since: known.get(key) ?? at,
        }));
        const kept = await encrypted(access, complianceFindings, { stack }, dated);
        const values = { repository, scanned_at: at, findings: kept };
        await transaction
          .insertInto('compliance_scan')
          .values({ stack, ...values })
          .onConflict((conflict) => conflict.column('stack').doUpdateSet(values))
          .execute();
        return dated;
      });
    },
    async date(stack, findings) {
      const known = await knownIn(database, stack);
      return withKeys(findings).map(([key, finding]) => {
        const since = known.get(key);
        return since === undefined ? finding : { ...finding, since };
      });
    },
    async forget(repository, living) {
      const rows = kysely.deleteFrom('compliance_scan').where('repository', '=', repository);
      await (living.length > 0 ? rows.where('stack', 'not in', living) : rows).execute();
    },
    async report(repository) {
      const row = await kysely
        .selectFrom('compliance_report')
        .selectAll()
        .where('repository', '=', repository)
        .executeTakeFirst();
      return row && { issue: row.issue ?? undefined, isOpen: row.is_open, toldAt: row.told_at.toISOString() };
    },
    async openReports() {
      const rows = await kysely
        .selectFrom('compliance_report')
        .select('repository')
        .where('is_open', '=', true)
        .execute();
      return rows.map((row) => row.repository);
    },
    async putReport(repository, { issue, isOpen, toldAt }) {
      const values = { issue: issue ?? null, is_open: isOpen, told_at: toldAt };
      await kysely
        .insertInto('compliance_report')
        .values({ repository, ...values })
        .onConflict((conflict) => conflict.column('repository').doUpdateSet(values))
        .execute();
    },
  };
}

/** Since when each finding of the stack's latest scan is known. */
async function knownIn(access: ColumnAccess, stack: StackId): Promise<ReadonlyMap<string, string>> {
  const row = await access.kysely
    .selectFrom('compliance_scan')
    .select(['stack', 'findings'])
    .where('stack', '=', stack)
    .executeTakeFirst();
  const findings = row
    ? ((await decrypted(access, encryptedColumns.complianceFindings, row, row.findings)) as Dated<Finding>[])
    : [];
  return new Map(withKeys(findings).map(([key, { since }]) => [key, since]));
}

/**
 * What makes a finding the same as the one of the day before: policy, resource and property, and which of several
 * there. Neither the message, which may name the day, nor an element's place, which moves with those before it.
 */
function withKeys<F extends Finding>(findings: readonly F[]): readonly (readonly [string, F])[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { policy, logicalId, path = '' } = finding;
    const about = digestOf([policy, logicalId, path.replaceAll(/\[\d+\]/g, '[]')]);
    const nth = (seen.get(about) ?? 0) + 1;
    seen.set(about, nth);
    return [`${about} ${nth}`, finding];
  });
}
