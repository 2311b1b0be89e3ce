/** One run of the VPC's life in a process of its own, so that its memory and time are Slipway's and nobody else's. */
import { readFile } from 'node:fs/promises';
import { createLog } from '../../src/base/log.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { openWorkflow } from '../../src/workflow/open-workflow.ts';
import { planStack, type StackSource } from '../../src/workflow/plan-stack.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';

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
  stack: 'acme/bench:infra/vpc.yaml@bench',
  environment: { name: 'bench', after: [], approvals: [] },
  file: 'infra/vpc.yaml',
  text: await readFile(new URL('vpc.yaml', import.meta.url), 'utf8'),
  packs: ['default'],
};
const apply = async (wanted: StackSource) => {
  const { status, planned } = await applyStack(workflow, { source: wanted, cause: {}, permit: () => true });
  if (status !== 'succeeded') throw new Error(`${status} ${JSON.stringify(planned.diagnostics)}`);
};
const steps: Record<string, () => Promise<unknown>> = {
  plan: () => planStack(workflow, source),
  apply: () => apply(source),
  'plan again': async () => {
    const { plan } = await planStack(workflow, source);
    if (plan?.changes.length !== 26 || plan.changes.some((c) => c.action !== 'none'))
      throw new Error('not a no-op');
  },
  destroy: () => apply({ ...source, text: undefined }),
};
for (const [name, step] of Object.entries(steps)) {
  const began = performance.now();
  await step();
  process.send!({ name, ms: performance.now() - began });
}
process.send!({ name: 'peak memory', mb: process.resourceUsage().maxRSS / 1024 });
await database.close();
process.disconnect();
