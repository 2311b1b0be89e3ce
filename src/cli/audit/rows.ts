import type { Audit, AuditRow } from '../../state/audit.ts';

/** So many are read at once: a record of years is long. */
const atOnce = 1_000;

/** The whole audit record after an entry, in order, piece by piece. */
export async function* rowsOf(audit: Audit, after = 0): AsyncGenerator<readonly AuditRow[]> {
  for (let last = after; ; ) {
    const rows = await audit.entries(last, atOnce);
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1)!.number;
  }
}
