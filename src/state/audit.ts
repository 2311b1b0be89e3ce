/**
 * The audit record: who had what done, and on whose word. It is only ever added to, and each entry holds a hash of the
 * one before it, so that to alter, leave out or put in one afterwards shows in all that follow.
 */
import { createHash } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Clock } from '../base/clock.ts';
import { scope } from '../base/scope.ts';
import type { Database } from '../db/database.ts';
import { storableText } from '../db/json.ts';
import type { Schema } from '../db/schema.ts';
import type { VaultUse } from '../secret/vault/evidence.ts';
import type { WrappedToken } from './hand-overs.ts';
import { assertSecretFree } from './secret-free.ts';
import type { RunRecord } from './state.ts';

/** Somebody's yes to a digest: the comment or review that said it. */
export interface AuditedApproval {
  readonly login: string;
  readonly kind: 'comment' | 'review';
  /** GitHub's id. */
  readonly id: number;
  /** ISO 8601 */
  readonly at: string;
}

/** On whose word something was done, and with which credentials. */
export interface Grounds {
  /** Login of who merged it, as GitHub says. */
  readonly mergedBy?: string;
  readonly approvals?: readonly AuditedApproval[];
  /** Findings that were lifted for this plan. */
  readonly overrides?: readonly { readonly policy: string; readonly by: string; readonly reason: string }[];
  /** Findings that the settings let through until a day. */
  readonly exceptions?: readonly {
    readonly policy: string;
    readonly resource: string;
    readonly until: string;
    readonly by: string;
    readonly reason: string;
  }[];
  /** `lease`: the path in Vault where they were taken. */
  readonly session?: { readonly role?: string; readonly name?: string; readonly lease?: string };
}

export type AuditEvent =
  | ({
      readonly event: 'run-begun';
      readonly run: string;
      readonly kind: RunRecord['kind'];
      readonly stack: string;
      readonly account: string;
      readonly region: string;
      readonly digest: string;
      readonly cause: RunRecord['cause'];
    } & Grounds)
  | {
      readonly event: 'run-ended';
      readonly run: string;
      readonly stack: string;
      readonly status: RunRecord['status'];
      readonly cancelledBy?: string;
    }
  | {
      /** Somebody commanded something by a comment, and it was done. */
      readonly event: 'commanded';
      readonly repository: string;
      readonly pullRequest: number;
      readonly by: string;
      readonly command: string;
      /** GitHub's id of the comment. */
      readonly comment: number;
      readonly environment?: string;
      readonly policy?: string;
    }
  | {
      /** Other settings hold than those of the entry of this kind before: merged, or pushed by whoever may. */
      readonly event: 'settings-in-force';
      readonly repository: string;
      readonly digest: string;
    }
  | ({
      readonly event: 'settings-merged';
      readonly repository: string;
      readonly pullRequest: number;
      readonly by: string;
      readonly digest: string;
      /** Whether those had approved them by whose rules they were judged. */
      readonly approved: boolean;
    } & Pick<Grounds, 'approvals' | 'mergedBy'>)
  | {
      readonly event: 'output-handed-over' | 'output-taken-back';
      readonly run: string;
      readonly stack: string;
      readonly output: string;
      readonly place: string;
      /** The token that the value was wrapped in, by what names it. */
      readonly wrapped?: WrappedToken;
    }
  | {
      readonly event: 'vault-used';
      readonly run: string;
      readonly stack: string;
      /** In the order in which they were asked. */
      readonly uses: readonly VaultUse[];
    }
  | {
      /** An alarm: whoever opened it was not the one whom it was for. */
      readonly event: 'wrapped-token-opened';
      readonly stack: string;
      readonly output: string;
      readonly place: string;
      readonly wrapped: WrappedToken;
      /** Before the run had ended that handed it over, or as its consumer found. */
      readonly found: 'before its run had ended' | 'by its consumer';
    };

/** One entry as it is stored. `text` is the canonical JSON of its event and time, over which the hash is. */
export interface AuditRow {
  /** From 1, without gaps. */
  readonly number: number;
  readonly text: string;
  /** SHA-256 in hexadecimal, over the hash before it, the number and the text. */
  readonly hash: string;
}

export interface Audit {
  /** Adds an event, unless one was added under this key before. It says which webhook the work in hand is for. */
  add(key: string, event: AuditEvent): Promise<void>;
  /** The entry that was added under this key. */
  find(key: string): Promise<AuditRow | undefined>;
  /** The entries after a number, in their order, at most `limit` of them. */
  entries(after: number, limit: number): Promise<readonly AuditRow[]>;
}

/** Any number will do, as long as it stays: writers take turns by it. */
const turn = 7_420_114_002;

/** The audit record in a database. `clock` dates the entries. */
export function createAudit(database: Database, clock: Clock): Audit {
  const { kysely } = database;
  return {
    async add(key, event) {
      await kysely.transaction().execute((transaction) => appendAudit(transaction, clock, key, event));
    },
    find: (key) =>
      kysely.selectFrom('audit').select(['number', 'text', 'hash']).where('key', '=', key).executeTakeFirst(),
    entries: (after, limit) =>
      kysely
        .selectFrom('audit')
        .select(['number', 'text', 'hash'])
        .where('number', '>', after)
        .orderBy('number')
        .limit(limit)
        .execute(),
  };
}

/** Adds an event in the transaction of what it is about, so that neither is there without the other. */
export async function appendAudit(
  transaction: Transaction<Schema>,
  clock: Clock,
  key: string,
  event: AuditEvent,
): Promise<void> {
  assertSecretFree(event);
  await sql`select pg_advisory_xact_lock(${turn}::bigint)`.execute(transaction);
  const known = await transaction.selectFrom('audit').select('key').where('key', '=', key).executeTakeFirst();
  if (known) return;
  const last = await transaction
    .selectFrom('audit')
    .select(['number', 'hash'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const number = (last?.number ?? 0) + 1;
  const { origin } = scope();
  const webhook = origin ? { webhook: origin } : {};
  const text = storableText(canonicalJson({ ...event, ...webhook, at: clock.now().toISOString() }));
  const hash = chained(last?.hash ?? beginning, number, text);
  await transaction.insertInto('audit').values({ number, key, text, hash }).execute();
}

/** The hash before the first entry. */
export const beginning = '0'.repeat(64);

/** What is wrong with entries that follow one another, the first time that anything is; undefined where nothing is. */
export function brokenAt(
  rows: readonly AuditRow[],
  { number: before, hash: previous }: Pick<AuditRow, 'number' | 'hash'>,
): { readonly number: number; readonly problem: string } | undefined {
  let [expected, hash] = [before + 1, previous];
  for (const row of rows) {
    if (row.number !== expected)
      return { number: expected, problem: `it is missing: number ${row.number} comes in its place` };
    if (row.hash !== chained(hash, row.number, row.text))
      return { number: row.number, problem: 'it is not what was written, or an entry before it was changed' };
    [expected, hash] = [expected + 1, row.hash];
  }
  return undefined;
}

function chained(previous: string, number: number, text: string): string {
  return createHash('sha256').update(`${previous}\n${number}\n${text}`).digest('hex');
}
