import type { Command } from 'commander';
import { SlipwayError } from '../../base/error.ts';
import type { Database } from '../../db/database.ts';
import { hasQueue } from '../../jobs/report.ts';
import { isStateThere, whereStateIs } from '../project.ts';
import { openProjectDatabase } from '../project-database.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Opens the project's database, does the work and closes it again. Throws `state-missing` where no server has ever
 * kept a queue, and `state-locked`, with who holds it, where an embedded one is a running server's.
 */
export async function withQueue<T>(terminal: Terminal, work: (database: Database) => Promise<T>): Promise<T> {
  const none = new SlipwayError('state-missing', {
    summary: 'There is no queue here',
    detail: whereStateIs(terminal),
    remedy: 'Go to the folder where slipway start runs, or set DATABASE_URL to what it has.',
  });
  if (!isStateThere(terminal)) throw none;
  const database = await openProjectDatabase(terminal);
  try {
    if (!(await hasQueue(database))) throw none;
    return await work(database);
  } finally {
    await database.close();
  }
}

interface Asked {
  readonly all?: true;
  readonly json?: true;
}

/**
 * A command on jobs that were set aside: those that are named, or all of them.
 *
 * @param work what is done with them, undefined for all; gives what it came to
 * @param tell the same for people
 */
export function onJobsAside<T>(
  command: Command,
  terminal: Terminal,
  choose: (work: () => Promise<number>) => void,
  work: (kysely: Database['kysely'], ids: readonly string[] | undefined) => Promise<T>,
  tell: (came: T) => readonly string[],
): void {
  command
    .argument('[ids...]', 'jobs that were set aside')
    .option('--all', 'all of them')
    .option('--json', 'print as JSON')
    .action((ids: readonly string[], { all, json }: Asked) => {
      choose(() => {
        const meant = meantIds(ids, all);
        return withQueue(terminal, async ({ kysely }) => {
          const came = await work(kysely, meant);
          if (json) terminal.out(JSON.stringify(came, undefined, 2));
          else for (const line of tell(came)) terminal.out(line);
          return 0;
        });
      });
    });
}

/** The ids that a command was given; undefined where it is to take all. */
function meantIds(ids: readonly string[], all: true | undefined): readonly string[] | undefined {
  if (all === undefined && ids.length > 0) return ids.map((id) => id.toLowerCase());
  if (all && ids.length === 0) return undefined;
  throw new SlipwayError('usage', {
    summary: 'Name jobs by their ids, or say --all',
    remedy: 'slipway jobs list --aside shows them.',
  });
}
