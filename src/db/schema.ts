import type { ColumnType } from 'kysely';
import type { Encrypted } from './encrypted-columns.ts';
import type { Jsonb } from './json.ts';

/**
 * The tables as TypeScript sees them; `migrations.ts` is what creates them, and changes with them. Timestamps
 * are read as `Date`; JSON can only be written through `jsonb()`.
 */
export interface Schema {
  stack: StackTable;
  stack_lock: StackLockTable;
  resource: ResourceTable;
  run: RunTable;
  journal: JournalTable;
  delivery: DeliveryTable;
  pull_request: PullRequestTable;
  cancellation: CancellationTable;
  repository: RepositoryTable;
  compliance_scan: ComplianceScanTable;
  compliance_report: ComplianceReportTable;
  setting: SettingTable;
  policy_set: PolicySetTable;
  code_scanning: CodeScanningTable;
  audit: AuditTable;
  vault_session: VaultSessionTable;
  data_key: DataKeyTable;
  hand_over: HandOverTable;
}

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Json<T extends object> = ColumnType<T, Jsonb<T>, Jsonb<T>>;
/** Readable parts of an encrypted column: see `encrypted-columns.ts`. */
type Facts = ColumnType<object | null, Jsonb<object> | null, Jsonb<object> | null>;

export interface StackTable {
  id: string;
  environment: string;
  account: string;
  region: string;
  file: string;
  former_files: ColumnType<readonly string[], Jsonb<readonly string[]> | undefined, Jsonb<readonly string[]>>;
  status: string;
  outputs: Encrypted<object>;
  imports: Json<readonly string[]>;
  updated_at: Timestamp;
}

/** A token of Vault that a plan or a run has taken, by what it can be revoked with. The token itself is nowhere. */
export interface VaultSessionTable {
  accessor: string;
  /** Its name in the configuration. */
  vault: string;
  stack: string;
  /** What was leased with it. */
  path: string;
  began_at: ColumnType<Date, never, never>;
  /** Until then its process counts as living. */
  alive_until: Timestamp;
}

/** Only ever added to, which a trigger sees to. */
export interface AuditTable {
  number: number;
  /** What the entry is about: once only. */
  key: string;
  text: string;
  hash: string;
}

/** One row a stack, for ever: `fence` must never go back, so a free lock keeps its row and has no holder. */
export interface StackLockTable {
  stack: string;
  holder: string | null;
  fence: number;
  ttl_ms: number;
  expires_at: Timestamp;
}

export interface ResourceTable {
  stack: string;
  logical_id: string;
  generation: 'current' | 'deposed';
  type: string;
  physical_id: string;
  properties: Encrypted<object>;
  attributes: Encrypted<object>;
  depends_on: Json<readonly string[]>;
  deletion_policy: string;
  update_replace_policy: string;
}

export interface RunTable {
  id: string;
  stack: string;
  kind: 'apply' | 'destroy';
  status: 'running' | 'succeeded' | 'failed' | 'cancelled';
  plan: Encrypted<object>;
  version: Encrypted<object> | null;
  cause: Json<object>;
  started_at: Timestamp;
  ended_at: Timestamp | null;
  error: Encrypted<string> | null;
  /** Of the plan. */
  facts: Facts;
}

export interface JournalTable {
  /** In the order in which the calls began. */
  sequence: ColumnType<number, never, never>;
  run: string;
  intent: string;
  logical_id: string;
  operation: 'create' | 'update' | 'import' | 'delete';
  status: 'begun' | 'done' | 'failed';
  error: Encrypted<string> | null;
  began_at: Timestamp;
  ended_at: Timestamp | null;
}

/** A webhook as it came, by GitHub's delivery id, so that a repeated delivery is recognised. */
export interface DeliveryTable {
  id: string;
  event: string;
  action: string | null;
  repository: string | null;
  payload: Encrypted<object>;
  /** Of the payload. */
  facts: Facts;
  received_at: ColumnType<Date, never, never>;
  handled_at: Timestamp | null;
}

/** What Slipway last showed on a pull request. */
export interface PullRequestTable {
  repository: string;
  number: number;
  head_sha: string;
  base_ref: string;
  comment_id: number | null;
  /** Digests shown, check run ids, status: workflow/ owns its shape. */
  review: Encrypted<object>;
  /** Of the review. */
  facts: Facts;
  updated_at: Timestamp;
}

/**
 * A merged pull request that is not applied any further until somebody says so. Apart from its record, which the
 * running apply writes.
 */
export interface CancellationTable {
  repository: string;
  number: number;
  login: string;
  at: ColumnType<Date, never, never>;
}

/** Under which name a repository's stacks and pull requests are kept, by GitHub's number of it. */
export interface RepositoryTable {
  id: number;
  name: string;
  known_since: ColumnType<Date, never, never>;
}

/** What the latest compliance scan found in one stack. */
export interface ComplianceScanTable {
  stack: string;
  repository: string;
  scanned_at: Timestamp;
  /** Each with the time since when it is known: state/ owns its shape. */
  findings: Encrypted<readonly object[]>;
}

/** What was last told of it, for a whole repository. */
export interface ComplianceReportTable {
  repository: string;
  /** The number of its issue on GitHub; none before anything was found. */
  issue: number | null;
  /** Whether Slipway last left the issue open. */
  is_open: boolean;
  told_at: Timestamp;
}

/** What the installation keeps for itself, such as the key of its fingerprints. */
export interface SettingTable {
  name: string;
  value: Encrypted<string>;
}

/** What columns are encrypted with, wrapped by a key of the operator's. The one of the highest number is written with. */
export interface DataKeyTable {
  id: string;
  number: number;
  wrapped_by: string;
  wrapped: string;
  made_at: ColumnType<Date, never, never>;
  /** When nothing was left that is not encrypted with it. */
  complete_at: Timestamp | null;
}

/** What was read of an organisation's policies, by where the configuration says that they are. */
export interface PolicySetTable {
  source: string;
  /** The commit that was looked at last, whatever was found there. */
  seen: string;
  /** The one whose policies are in force; null where none could be read yet. */
  commit: string | null;
  /** Those policies, as text. */
  files: ColumnType<readonly object[], Jsonb<readonly object[]>, Jsonb<readonly object[]>>;
  /** What is wrong with those of `seen`. */
  problems: ColumnType<readonly object[], Jsonb<readonly object[]>, Jsonb<readonly object[]>>;
}

/** What GitHub's code scanning was told of a repository's default branch. */
export interface CodeScanningTable {
  repository: string;
  /** Template → its findings. */
  files: Json<object>;
  /** A digest of the last upload. */
  uploaded: string | null;
  /** When GitHub last took none. */
  refused_at: Timestamp | null;
}

/** What was handed over of a stack's outputs. The values are nowhere: fingerprints tell whether they are the same. */
export interface HandOverTable {
  /** Where it is: a place is of one stack. */
  place: string;
  stack: string;
  output: string;
  fingerprint: string;
  status: 'begun' | 'given' | 'lost';
  run: string;
  at: Timestamp;
  /** Of the token that it was wrapped in, which the accessor does not open. */
  accessor: string | null;
  wrapped_until: Timestamp | null;
}
