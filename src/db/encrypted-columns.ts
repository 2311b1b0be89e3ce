/**
 * Which columns are encrypted, and the one way to write and to read them: their types take nothing else. What they
 * hold may be sensitive although no secret is stored (state/ sees to that): what was made and how, what people wrote.
 *
 * What is left as it is, and why:
 * - ids, names, times, status, digests, `run.cause`: what is looked for, and which the audit record tells anyway;
 * - `audit`: proves what happened to whoever has a copy, without any key, and cannot be written anew;
 * - `policy_set`, `code_scanning`: policies, and what they say of templates as these are in git;
 * - the queue: which repository, which number, and why a job failed; never what was in a webhook.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { broken, type Encryption, isEncrypted } from './encryption.ts';
import { type Jsonb, jsonText } from './json.ts';
import type { Schema } from './schema.ts';

declare const encryptedOf: unique symbol;
/** What an encrypted column takes and gives: only `encrypted` makes it, and only `decrypted` reads it. */
export interface Encrypted<T> {
  readonly [encryptedOf]: T;
}

/** One of them. `Key` are the columns of its table's primary key: a value is bound to its row. */
export interface EncryptedColumn<Key extends string, T> {
  readonly table: keyof Schema;
  readonly column: string;
  readonly key: readonly Key[];
  /** A text by itself, or JSON. */
  readonly type: 'text' | 'json' | 'jsonb';
  /**
   * Of a column by whose parts rows are looked for: those parts, which are kept readable in the column `facts`, in the
   * same places. Null there means that the column itself is readable.
   */
  readonly facts?: (value: T) => object;
}

/** The parts of a webhook that are looked for; any of them may be missing. */
interface Webhook {
  readonly number?: unknown;
  readonly sender?: { readonly login?: unknown };
  readonly pull_request?: { readonly merged?: unknown; readonly head?: { readonly sha?: unknown } };
  readonly merge_group?: { readonly head_sha?: unknown };
  readonly comment?: { readonly id?: unknown };
}

/** Those of the record of a pull request; state/ owns its shape. */
interface KeptReview {
  readonly phase: string;
  readonly labels?: readonly string[];
  readonly pushers?: readonly string[];
  readonly statements: readonly {
    readonly kind: string;
    readonly id: number;
    readonly at: string;
    readonly edited: boolean;
    readonly dismissed: boolean;
  }[];
  readonly shown: readonly { readonly at: string }[];
  readonly review: {
    readonly author: string;
    readonly merged?: boolean;
    readonly stacks: readonly { readonly stack: string }[];
    readonly settings?: { readonly gate?: unknown };
  };
}

interface KeptPlan {
  readonly digest: string;
  readonly changes: readonly { readonly action: string }[];
}

const resourceKey = ['stack', 'logical_id', 'generation', 'physical_id'] as const;

export const encryptedColumns = {
  stackOutputs: of<object>()({ table: 'stack', column: 'outputs', key: ['id'], type: 'jsonb' }),
  resourceProperties: of<object>()({
    table: 'resource',
    column: 'properties',
    key: resourceKey,
    type: 'jsonb',
  }),
  resourceAttributes: of<object>()({
    table: 'resource',
    column: 'attributes',
    key: resourceKey,
    type: 'jsonb',
  }),
  runPlan: of<object>()({
    table: 'run',
    column: 'plan',
    key: ['id'],
    type: 'json',
    facts: (plan) => {
      const { digest, changes } = plan as KeptPlan;
      const counts: Record<string, number> = {};
      for (const { action } of changes) counts[action] = (counts[action] ?? 0) + 1;
      return { digest, counts };
    },
  }),
  runVersion: of<object>()({ table: 'run', column: 'version', key: ['id'], type: 'json' }),
  // What the cloud said may quote what it was sent.
  runError: of<string>()({ table: 'run', column: 'error', key: ['id'], type: 'text' }),
  journalError: of<string>()({ table: 'journal', column: 'error', key: ['run', 'intent'], type: 'text' }),
  deliveryPayload: of<object>()({
    table: 'delivery',
    column: 'payload',
    key: ['id'],
    type: 'jsonb',
    facts: (payload) => {
      const { number, sender, pull_request, merge_group, comment } = payload as Webhook;
      return {
        number,
        sender: { login: sender?.login },
        pull_request: { merged: pull_request?.merged, head: { sha: pull_request?.head?.sha } },
        merge_group: { head_sha: merge_group?.head_sha },
        comment: { id: comment?.id },
      };
    },
  }),
  pullRequestReview: of<object>()({
    table: 'pull_request',
    column: 'review',
    key: ['repository', 'number'],
    type: 'json',
    facts: (kept) => {
      const { phase, labels, pushers, statements, shown, review } = kept as KeptReview;
      return {
        phase,
        labels,
        pushers,
        statements: statements.map(({ kind, id, at, edited, dismissed }) => ({
          kind,
          id,
          at,
          edited,
          dismissed,
        })),
        shown: shown.slice(0, 1).map(({ at }) => ({ at })),
        review: {
          author: review.author,
          merged: review.merged,
          stacks: review.stacks.map(({ stack }) => ({ stack })),
          ...(review.settings?.gate === undefined ? {} : { settings: { gate: {} } }),
        },
      };
    },
  }),
  // Of what runs: they name values that no template has.
  complianceFindings: of<readonly object[]>()({
    table: 'compliance_scan',
    column: 'findings',
    key: ['stack'],
    type: 'json',
  }),
  // Who has the key of the fingerprints can try which secret has which.
  settingValue: of<string>()({ table: 'setting', column: 'value', key: ['name'], type: 'text' }),
};

function of<T>() {
  return <Key extends string>(column: EncryptedColumn<Key, T>) => column;
}

/** What values are read and written with: the database itself, or with a transaction in the place of its `kysely`. */
export interface ColumnAccess {
  readonly encryption: Encryption;
  readonly kysely: Kysely<Schema>;
}

type RowKey<Key extends string> = Readonly<Record<Key, string | number>>;

/** A value to write into its column, in the row of this key. */
export async function encrypted<Key extends string, T extends object | string>(
  access: ColumnAccess,
  column: EncryptedColumn<Key, T>,
  row: RowKey<Key>,
  value: T,
): Promise<RawBuilder<Encrypted<T>>> {
  return (await encryptedWithFacts(access, column, row, value)).stored;
}

/** The same of a column that has facts: both are always written together. */
export async function encryptedWithFacts<Key extends string, T extends object | string>(
  { encryption, kysely }: ColumnAccess,
  column: EncryptedColumn<Key, T>,
  row: RowKey<Key>,
  value: T,
): Promise<{ readonly stored: RawBuilder<Encrypted<T>>; readonly facts: RawBuilder<Jsonb<object>> | null }> {
  const text = typeof value === 'string' ? unlikeEncrypted(value) : jsonText(value);
  const stored = await encryption.encrypt(kysely, placeOf(column, row), text);
  const type = sql.raw(column.type);
  if (stored === undefined) return { stored: sql`${text}::text::${type}`, facts: null };
  const facts = column.facts && sql<Jsonb<object>>`${jsonText(column.facts(value))}::text::${type}`;
  const whole = column.type === 'text' ? stored : JSON.stringify(stored);
  return { stored: sql`${whole}::text::${type}`, facts: facts ?? null };
}

/**
 * What stands in the column, as it was before it was encrypted.
 * @throws SlipwayError `encryption-key` without the operator's key, `encryption-broken` for what was altered or moved,
 *   and for what is not encrypted though all was: whoever can write to the database could put anything there
 */
export async function decrypted<Key extends string, T extends object | string>(
  { encryption, kysely }: ColumnAccess,
  column: EncryptedColumn<Key, T>,
  row: RowKey<Key>,
  stored: Encrypted<T>,
): Promise<T> {
  // As the driver gives it: JSON is parsed already, and none of ours is a text.
  const given: unknown = stored;
  if (!isEncrypted(given)) {
    if (await encryption.isComplete(kysely))
      throw broken(placeOf(column, row), 'It is not encrypted, and all that Slipway has put there is.');
    return given as T;
  }
  const text = await encryption.decrypt(kysely, placeOf(column, row), given);
  return (column.type === 'text' ? text : JSON.parse(text)) as T;
}

/** Authenticated with the value, so that it cannot be put anywhere else. */
function placeOf<Key extends string>(
  { table, column, key }: Pick<EncryptedColumn<Key, never>, 'table' | 'column' | 'key'>,
  row: RowKey<Key>,
): string {
  return JSON.stringify([table, column, ...key.map((name) => row[name])]);
}

/** An error may hold whatever the cloud says: read back, it is not to be taken for what we have encrypted. */
function unlikeEncrypted(text: string): string {
  return isEncrypted(text) ? ` ${text}` : text;
}
