import { randomBytes } from 'node:crypto';

/** Makes identifiers, injected, so that tests can predict them. `prefix` says what is identified: `run`, `intent`. */
export type NewId = (prefix: string) => string;

/** Sortable by time to the millisecond, then 60 random bits; letters and digits only, safe in tags and names. */
export const newId: NewId = (prefix) =>
  `${prefix}-${Date.now().toString(36).padStart(9, '0')}${BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .slice(0, 11)}`;
