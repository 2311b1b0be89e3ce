import type { Database } from '../../db/database.ts';
import {
  type AsideJob,
  asideJobs,
  type BlockedKey,
  blockedKeys,
  type QueuedJob,
  queuedJobs,
  queueStats,
} from '../../jobs/report.ts';
import { columns } from '../columns.ts';
import type { DefineCommand } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import { withQueue } from './with-queue.ts';

interface ListOptions {
  readonly aside?: true;
  readonly blocked?: true;
  readonly waiting?: true;
  readonly json?: true;
}

interface Listed {
  readonly aside?: readonly AsideJob[];
  readonly blocked?: readonly BlockedKey[];
  readonly queued?: readonly QueuedJob[];
}

/** Of more than these of a kind, the rest is only counted. */
const most = 500;

export const defineList: DefineCommand = (command, terminal, choose) => {
  command
    .option('--aside', 'only jobs that were given up')
    .option('--blocked', 'only what waits for a job that failed and will be tried again')
    .option('--waiting', 'only jobs that are worked on, or wait for a place')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
A job has a key, a pull request mostly, and those of one key are done one after the other. One that fails is tried
again, and its key waits; after its last try it is set aside for thirty days, and its key goes on. At most ${most} of
each are shown.

Examples:
  $ slipway jobs list
  $ slipway jobs list --aside --json
`,
    )
    .action((options: ListOptions) => {
      choose(() =>
        withQueue(terminal, async (database) => {
          const listed = await read(database, options);
          if (options.json) terminal.out(JSON.stringify(listed, undefined, 2));
          else await show(terminal, database, listed);
          return 0;
        }),
      );
    });
};

async function read(database: Database, { aside, blocked, waiting }: ListOptions): Promise<Listed> {
  const all = !(aside || blocked || waiting);
  return {
    ...(all || aside ? { aside: await asideJobs(database, most) } : {}),
    ...(all || blocked ? { blocked: await blockedKeys(database) } : {}),
    ...(all || waiting ? { queued: await queuedJobs(database, most) } : {}),
  };
}

async function show(terminal: Terminal, database: Database, { aside, blocked, queued }: Listed) {
  const { waiting, delayed, active, retrying, aside: given } = await queueStats(database);
  const asideRows = aside?.map((j) => ['aside', j.kind, j.key, j.at, oneLine(j.error), j.id]) ?? [];
  const blockedRows =
    blocked?.map((b) => ['blocked', b.kind, b.key, b.nextTryAt, oneLine(b.error), behind(b)]) ?? [];
  const queuedRows = queued?.map((j) => [j.state, j.kind, j.key, j.at]) ?? [];
  const rows = [...asideRows, ...blockedRows, ...queuedRows];
  for (const line of columns(rows)) terminal.out(line);
  terminal.out(
    `${rows.length === 0 ? '' : '\n'}${active} active, ${waiting} waiting, ${delayed} delayed, ${retrying} blocked, ${given} aside`,
  );
}

function behind({ waiting, failures }: BlockedKey): string {
  return `failed ${failures === 1 ? 'once' : `${failures} times`}, ${waiting} behind it`;
}

/** What is longer is in the JSON. */
function oneLine(error: string): string {
  const [first = ''] = error.split('\n');
  return first.length > 100 ? `${first.slice(0, 99)}…` : first;
}
