/**
 * `npm run bench`: figures against the budgets of DESIGN.md section 12. `-- --json` for machines, `-- NAME` for one
 * scenario. Exits with 1 when a budget is not met.
 */

import { encryption } from './encryption.ts';
import { figureRow } from './figure-row.ts';
import { largePlan } from './large-plan.ts';
import { policyScan } from './policy-scan.ts';
import { refreshLarge } from './refresh.ts';
import { type Figure, meets } from './scenario.ts';
import { throttled } from './throttled.ts';
import { vpcLife } from './vpc-life.ts';

const scenarios = [largePlan, policyScan, refreshLarge, vpcLife, throttled, encryption];
const args = process.argv.slice(2);
const json = args.includes('--json');
const named = args.filter((a) => !a.startsWith('--')).join(' ');
const say = (text: string) => process.stderr.write(`  ${text}\n`);

const figures: Figure[] = [];
for (const scenario of scenarios) {
  if (named !== '' && scenario.name !== named) continue;
  process.stderr.write(`${scenario.name}\n`);
  figures.push(...(await scenario.run(say)));
}
if (json) console.log(JSON.stringify(figures, undefined, 2));
else for (const figure of figures) console.log(figureRow(figure));
if (figures.some((f) => meets(f) === false)) process.exitCode = 1;
