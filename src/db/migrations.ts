import { type Kysely, sql, type Transaction } from 'kysely';
import { SlipwayError } from '../base/error.ts';
import type { Schema } from './schema.ts';

/**
 * Every change of the schema, oldest first. A change is one or more SQL statements in one entry appended at the
 * end; entries that were released are never edited, reordered or removed, and nothing is undone: a mistake is
 * mended by the next entry. `schema.ts` changes in the same commit.
 */
export const migrations: readonly { readonly name: string; readonly sql: readonly string[] }[] = [
  {
    name: 'stacks, resources, runs, journal',
    sql: [
      `create table stack (
        id text primary key,
        environment text not null,
        account text not null,
        region text not null,
        file text not null,
        status text not null,
        outputs jsonb not null,
        updated_at timestamptz not null
      )`,
      'create index stack_target on stack (account, region)',
      `create table stack_lock (
        stack text primary key,
        holder text,
        fence bigint not null,
        ttl_ms bigint not null,
        expires_at timestamptz not null
      )`,
      `create table resource (
        stack text not null,
        logical_id text not null,
        generation text not null check (generation in ('current', 'deposed')),
        type text not null,
        physical_id text not null,
        properties jsonb not null,
        attributes jsonb not null,
        depends_on jsonb not null,
        deletion_policy text not null,
        update_replace_policy text not null,
        primary key (stack, logical_id, generation, physical_id)
      )`,
      `create unique index resource_current on resource (stack, logical_id) where generation = 'current'`,
      `create table run (
        id text primary key,
        stack text not null,
        kind text not null,
        status text not null,
        plan jsonb not null,
        cause jsonb not null,
        started_at timestamptz not null,
        ended_at timestamptz,
        error text
      )`,
      'create index run_of_stack on run (stack, started_at desc)',
      // One run at a time per stack: the next one has to end what a dead process left before it begins.
      `create unique index run_unfinished on run (stack) where status = 'running'`,
      `create table journal (
        sequence bigint generated always as identity,
        run text not null references run (id),
        intent text not null,
        logical_id text not null,
        operation text not null,
        status text not null check (status in ('begun', 'done', 'failed')),
        error text,
        began_at timestamptz not null,
        ended_at timestamptz,
        primary key (run, intent)
      )`,
    ],
  },
  {
    name: 'webhook deliveries, pull requests',
    sql: [
      `create table delivery (
        id text primary key,
        event text not null,
        action text,
        repository text,
        payload jsonb not null,
        received_at timestamptz not null default now(),
        handled_at timestamptz
      )`,
      'create index delivery_handled on delivery (handled_at) where handled_at is not null',
      `create table pull_request (
        repository text not null,
        number integer not null,
        head_sha text not null,
        base_ref text not null,
        comment_id bigint,
        review jsonb not null,
        updated_at timestamptz not null,
        primary key (repository, number)
      )`,
    ],
  },
  {
    name: 'what the installation keeps for itself',
    sql: ['create table setting (name text primary key, value text not null)'],
  },
  {
    name: 'what people are shown keeps its order',
    sql: [
      'alter table pull_request alter column review type json using review::json',
      'alter table run alter column plan type json using plan::json',
    ],
  },
  {
    name: 'what a run made its stack from',
    sql: ['alter table run add column version json'],
  },
  {
    name: 'what a stack imports of others',
    sql: [`alter table stack add column imports jsonb not null default '[]'`],
  },
  {
    name: 'merges that an operator has stopped',
    sql: [
      `create table cancellation (
        repository text not null,
        number integer not null,
        login text not null,
        at timestamptz not null default now(),
        primary key (repository, number)
      )`,
    ],
  },
  {
    name: 'repositories by their number',
    sql: [
      `create table repository (
        id bigint primary key,
        name text not null unique,
        known_since timestamptz not null default now()
      )`,
    ],
  },
  {
    name: 'where templates were before',
    sql: [`alter table stack add column former_files jsonb not null default '[]'`],
  },
  {
    name: 'what compliance scans found',
    sql: [
      `create table compliance_scan (
        stack text primary key,
        repository text not null,
        scanned_at timestamptz not null,
        findings json not null
      )`,
      'create index compliance_scan_of_repository on compliance_scan (repository)',
      `create table compliance_report (
        repository text primary key,
        issue integer,
        is_open boolean not null,
        told_at timestamptz not null
      )`,
    ],
  },
  {
    name: "the organisation's policies, and what code scanning was told",
    sql: [
      `create table policy_set (
        source text primary key,
        seen text not null,
        commit text,
        files jsonb not null,
        problems jsonb not null
      )`,
      `create table code_scanning (
        repository text primary key,
        files jsonb not null default '{}',
        uploaded text,
        refused_at timestamptz
      )`,
    ],
  },
  {
    name: 'the audit record',
    sql: [
      `create table audit (
        number integer primary key,
        key text not null unique,
        text text not null,
        hash text not null
      )`,
      `create function refuse_audit_change() returns trigger language plpgsql as $$
        begin raise exception 'the audit record is only added to'; end $$`,
      `create trigger audit_only_added before update or delete or truncate on audit
        for each statement execute function refuse_audit_change()`,
    ],
  },
  {
    name: 'columns that are encrypted, and what is looked for in them',
    sql: [
      `create table data_key (
        id text primary key,
        number integer not null unique,
        wrapped_by text not null,
        wrapped text not null,
        made_at timestamptz not null default now(),
        complete_at timestamptz
      )`,
      'alter table delivery add column facts jsonb',
      'alter table pull_request add column facts json',
      'alter table run add column facts json',
    ],
  },
  {
    // Each job asks what was heard last of its pull request: without one of these, of all webhooks of a month.
    name: 'webhooks are found by what they are about',
    sql: [
      `create index delivery_of_pull_request on delivery
        (repository, (coalesce(facts, payload) ->> 'number'), received_at) where event = 'pull_request'`,
      'create index delivery_of_repository on delivery (repository, event)',
      'create index delivery_received on delivery (received_at)',
    ],
  },
  {
    name: 'what outputs were handed over, and where',
    sql: [
      `create table hand_over (
        place text primary key,
        stack text not null,
        output text not null,
        fingerprint text not null,
        status text not null,
        run text not null,
        at timestamptz not null,
        accessor text,
        wrapped_until timestamptz
      )`,
      'create index hand_over_stack on hand_over (stack)',
    ],
  },
  {
    name: 'tokens of Vault that runs have taken',
    sql: [
      `create table vault_session (
        accessor text primary key,
        vault text not null,
        stack text not null,
        path text not null,
        began_at timestamptz not null default now(),
        alive_until timestamptz not null
      )`,
    ],
  },
];
/** Any number will do, as long as it stays: it is what two processes that open one database agree on. */
const LOCK = 7_420_114_001;

/**
 * Brings the schema up to date, all in one transaction. Processes that open the database at the same time take
 * turns.
 *
 * @throws SlipwayError `state-newer` when a newer program has been here
 */
export async function migrate(kysely: Kysely<Schema>): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(transaction);
    // Asking first, because `create table if not exists` makes the server print a notice each time.
    const { rows } = await sql<{ exists: boolean }>`
      select to_regclass('slipway_migration') is not null as exists`.execute(transaction);
    if (!rows[0]?.exists) {
      await sql`create table slipway_migration (
        number integer primary key, name text not null, applied_at timestamptz not null default now()
      )`.execute(transaction);
    }
    await applyFrom(await appliedCount(transaction), transaction);
  });
}

async function appliedCount(transaction: Transaction<Schema>): Promise<number> {
  const { rows } = await sql<{ number: number; name: string }>`
    select number, name from slipway_migration order by number`.execute(transaction);
  const strange = rows.find(({ number, name }) => migrations[number - 1]?.name !== name);
  if (strange) {
    throw new SlipwayError('state-newer', {
      summary: 'The database was written by a newer version of Slipway',
      detail: `It has change ${strange.number} ('${strange.name}'); this version knows ${migrations.length}.`,
      remedy: 'Run the newer version, or restore the database from before it was used',
    });
  }
  return rows.length;
}

async function applyFrom(count: number, transaction: Transaction<Schema>): Promise<void> {
  for (const [index, { name, sql: statements }] of migrations.entries()) {
    if (index < count) continue;
    for (const statement of statements) await sql.raw(statement).execute(transaction);
    await sql`insert into slipway_migration (number, name) values (${index + 1}, ${name})`.execute(
      transaction,
    );
  }
}
