/**
 * `npm run bench:load`: Slipway under load, with figures against the budgets of DESIGN.md section 12. `-- NAME` for
 * one scenario, `--seconds 10` and `--scale 0.1` for a shorter or a larger one, `--json` for machines. Exits with 1
 * when a budget is not met.
 */
import { parseArgs } from 'node:util';
import { formatError, SlipwayError } from '../../src/base/error.ts';
import { figureRow } from '../bench/figure-row.ts';
import { type Figure, meets } from '../bench/scenario.ts';
import { fleet } from './fleet.ts';
import { idle } from './idle.ts';
import { scaling } from './scaling.ts';
import type { LoadOptions, LoadScenario } from './scenario.ts';
import { soak } from './soak.ts';
import { cores } from './usage.ts';
import { webhooks } from './webhooks.ts';

const scenarios: readonly LoadScenario[] = [webhooks, fleet, scaling, idle, soak];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, scale: { type: 'string' }, json: { type: 'boolean' } },
});
const options: LoadOptions = {
  ...(values.seconds === undefined ? {} : { seconds: positive('seconds', values.seconds) }),
  ...(values.scale === undefined ? {} : { scale: positive('scale', values.scale) }),
};
const chosen = scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const unknown = positionals.filter((name) => !scenarios.some((one) => one.name === name));
if (unknown.length > 0) stop(`no scenario ${unknown.join(', ')}: ${scenarios.map((s) => s.name).join(', ')}`);

const results: { scenario: string; figures: readonly Figure[] }[] = [];
for (const { name, about, run } of chosen) {
  process.stderr.write(`${name}: ${about}\n`);
  const began = performance.now();
  const say = (text: string) => {
    process.stderr.write(`  ${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
  };
  results.push({ scenario: name, figures: await run(options, say).catch(explain) });
}
if (values.json) console.log(JSON.stringify({ cores, options, results }, undefined, 2));
else {
  console.log(`on ${cores} cores`);
  for (const { scenario, figures } of results) {
    console.log(`\n${scenario}`);
    for (const figure of figures) console.log(figureRow(figure));
  }
}
if (results.some(({ figures }) => figures.some((f) => meets(f) === false))) process.exitCode = 1;

/** What Slipway says when it does not start, in its own words. */
function explain(error: unknown): never {
  if (error instanceof SlipwayError) stop(formatError(error));
  throw error;
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) stop(`--${name} takes a number above 0, and not ${text}`);
  return number;
}

function stop(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
