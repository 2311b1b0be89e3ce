/** `npm run test:crash [-- STEP [POINT]]`: every point of every step, one after the other or four at a time. */
import pLimit from 'p-limit';
import { startService } from '../../src/sandbox/services/index.ts';
import { type StepName, steps } from './versions.ts';
import { crashAt, openCrashWorld, pointsOf } from './world.ts';

const [onlyStep, onlyPoint] = process.argv.slice(2);
const [moto, postgres] = await Promise.all([startService('moto'), startService('postgres')]);
const world = await openCrashWorld(moto, postgres);
const limit = pLimit(4);
let crashes = 0;
let broken = 0;
try {
  for (const step of Object.keys(steps) as StepName[]) {
    if (onlyStep !== undefined && step !== onlyStep) continue;
    const points = onlyPoint === undefined ? await pointsOf(world, 'points', step) : [onlyPoint];
    process.stdout.write(`${step}: ${points.length} points\n`);
    await Promise.all(points.map((point) => limit(() => crash(step, point))));
  }
} finally {
  await world.close();
  await Promise.all([moto.stop(), postgres.stop()]);
}
process.stdout.write(`${crashes} crashes, ${broken} of them ended wrong\n`);
process.exitCode = broken > 0 || crashes === 0 ? 1 : 0;

async function crash(step: StepName, point: string): Promise<void> {
  crashes += 1;
  const problems = await crashAt(world, `crash${crashes}`, step, point).catch((error: unknown) => [
    String(error),
  ]);
  if (problems.length === 0) return;
  broken += 1;
  process.stdout.write(`  ${point}\n${problems.map((p) => `    ${p}\n`).join('')}`);
}
