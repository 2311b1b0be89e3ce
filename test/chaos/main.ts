/** `npm run test:chaos [-- --minutes 3 --processes 3 --repositories 4]`; CHAOS_SEED=2 plays one again. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { seedOf } from '../seeded.ts';
import { chaos } from './chaos.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    processes: { type: 'string', default: '3' },
    repositories: { type: 'string', default: '4' },
    /** Where the processes' logs go. */
    logs: { type: 'string' },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const report = await chaos({
  seed: seedOf('CHAOS'),
  seconds: Number(values.minutes) * 60,
  merges: Number(values.repositories),
  processes: Number(values.processes),
  repositories: Number(values.repositories),
  tell: say,
});
if (values.logs !== undefined) await writeFile(values.logs, report.logs.join('\n'));
for (const [name, number] of Object.entries(report.figures)) say(`${String(number).padStart(6)} ${name}`);
const faults = Object.entries(report.faults).sort(([, a], [, b]) => b - a);
say(
  `${String(faults.reduce((sum, [, n]) => sum + n, 0)).padStart(6)} faults: ${faults.map(([name, n]) => `${n} × ${name}`).join(', ')}`,
);
for (const problem of report.problems) say(`✗ ${problem}`);
say(
  report.problems.length === 0
    ? 'Everything is as it has to be.'
    : `${report.problems.length} things are not as they have to be.`,
);
process.exitCode = report.problems.length === 0 ? 0 : 1;
