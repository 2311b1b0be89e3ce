// The process that the crash tests kill or stop: applies one stack, and prints the points that it passed.
import { systemClock } from '../../src/base/clock.ts';
import { openDatabase } from '../../src/db/database.ts';
import { watched } from './points.ts';
import { apply, sourceOf, workflowOn } from './world.ts';

interface Task {
  readonly name: string;
  readonly text?: string;
  /** Where it kills itself. */
  readonly point?: string;
  /** Where it stops itself, until somebody lets it go on. */
  readonly pause?: string;
  readonly waitMs?: number;
}

const { name, text, point, pause, waitMs } = JSON.parse(process.argv[2] ?? '') as Task;
const database = await openDatabase({ url: process.env.DATABASE_URL ?? '' });
const passed: string[] = [];
const workflow = watched(await workflowOn(database), (reached) => {
  passed.push(reached);
  if (reached === point) process.kill(process.pid, 'SIGKILL');
  if (reached === pause) process.kill(process.pid, 'SIGSTOP');
});
try {
  const { status } = await apply({ ...workflow, clock: systemClock }, sourceOf(name, text), waitMs);
  process.stdout.write(JSON.stringify(pause === undefined && waitMs === undefined ? passed : { status }));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: (error as { code?: string }).code ?? String(error) }));
}
await database.close();
