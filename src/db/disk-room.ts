import { statfsSync } from 'node:fs';
import { SlipwayError } from '../base/error.ts';

/**
 * The embedded database's log of changes grows by 16 MB at a time. Where there is no room for that it never answers
 * again, and this process stands still with it; what was committed is there once it is started anew, with room.
 */
const leastBytes = 64 * 1024 * 1024;

/** Whether there is room for the embedded database in this directory to work. */
export function hasDiskRoom(directory: string): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize >= leastBytes;
}

/** Told where it has to be done without. */
export function diskFull(): SlipwayError {
  return new SlipwayError('disk-full', {
    summary: 'The disk of the embedded database is nearly full',
    detail: 'It needs 64 MB that are free, and does nothing with less.',
    remedy: 'Make room, or give it a larger disk; for a database elsewhere set DATABASE_URL.',
  });
}
