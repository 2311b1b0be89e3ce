/**
 * A stack's life in a process of its own, so that memory and time are Slipway's and nobody else's. Takes the file of
 * the template and the steps as arguments; tells each step when it is done.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createLog } from '../../src/base/log.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { openWorkflow } from '../../src/workflow/open-workflow.ts';
import { planStack, type StackSource } from '../../src/workflow/plan-stack.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import type { ChildMessage, Step } from './life.ts';

const [file = '', ...named] = process.argv.slice(2);
const tell = (message: ChildMessage) => process.send!(message);
const database = await openDatabase({ url: process.env.DATABASE_URL! });
const masker = createMasker();
const workflow = await openWorkflow({
  database,
  masker,
  log: createLog({ level: 'silent', mask: masker.mask }),
  policies: await readPolicies(),
  defaultRegion: 'eu-west-1',
});
const source: StackSource = {
  stack: `acme/bench:infra/${basename(file)}@bench`,
  environment: { name: 'bench', after: [], approvals: [] },
  file: 'infra/bench.yaml',
  text: await readFile(file, 'utf8'),
  packs: ['default'],
};
const apply = async (wanted: StackSource) => {
  const { status, planned, result } = await applyStack(workflow, {
    source: wanted,
    cause: {},
    permit: () => true,
  });
  if (status !== 'succeeded')
    throw new Error(`${status} ${JSON.stringify([planned.diagnostics, result?.failed[0]])}`);
};
const steps: Readonly<Record<Step, () => Promise<unknown>>> = {
  plan: () => planStack(workflow, source),
  apply: () => apply(source),
  'plan again': async () => {
    const { plan } = await planStack(workflow, source);
    const changed = plan?.changes.filter((c) => c.action !== 'none');
    if (changed?.length !== 0) throw new Error(`not a no-op: ${JSON.stringify(changed?.[0])}`);
  },
  destroy: () => apply({ ...source, text: undefined }),
};
for (const step of named as Step[]) {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await steps[step]();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  tell({ step, ms, cpuMs: (user + system) / 1000 });
}
tell({ peakMb: process.resourceUsage().maxRSS / 1024 });
await database.close();
process.disconnect();
