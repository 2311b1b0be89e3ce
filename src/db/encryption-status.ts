import type { Database } from './database.ts';
import { countByKey } from './encrypt-rows.ts';

/** How the database is encrypted. Tells nothing of a key. */
export interface EncryptionStatus {
  /** The operator's key that wraps what is made now; absent without one. */
  readonly operatorKey?: string;
  /** Oldest first. */
  readonly dataKeys: readonly {
    readonly id: string;
    /** Whether it is written with. */
    readonly isCurrent: boolean;
    /** ISO 8601 */
    readonly madeAt: string;
    readonly wrappedBy: string;
    /** How many are encrypted with it. */
    readonly values: number;
  }[];
  /** How many values are stored as they are. */
  readonly readable: number;
}

/** Looks at every value: on a large database it takes as long as that. */
export async function encryptionStatus({ kysely, encryption }: Database): Promise<EncryptionStatus> {
  const rows = await kysely.selectFrom('data_key').selectAll().orderBy('number').execute();
  const counts = await countByKey(kysely);
  return {
    ...(encryption.operator ? { operatorKey: encryption.operator.first } : {}),
    dataKeys: rows.map(({ id, wrapped_by, made_at }, index) => ({
      id,
      isCurrent: index === rows.length - 1,
      madeAt: made_at.toISOString(),
      wrappedBy: wrapped_by,
      values: counts.get(id) ?? 0,
    })),
    readable: counts.get(undefined) ?? 0,
  };
}
