/**
 * Each template of test/corpus from its first apply to an empty cloud, on moto behind the fault proxy. Here a seeded
 * eight of them; `npm run test:corpus` takes all.
 */
import { afterAll, expect, onTestFailed, test } from 'vitest';
import { formatDiagnostic, hasErrors } from '../../src/base/diagnostic.ts';
import type { Finding } from '../../src/policy/finding.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { likeAws, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { planStack, type StackPlan, type StackSource } from '../../src/workflow/plan-stack.ts';
import { readLive } from '../../src/workflow/read-live.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import { judgeLive } from '../../src/workflow/scan-live.ts';
import type { Workflow } from '../../src/workflow/workflow.ts';
import { workflowOnMoto } from '../contract/stack-on-moto.ts';
import { drawn } from '../seeded.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { type CorpusTemplate, corpus, type Version } from './corpus.ts';
import { everythingIn } from './left-in-cloud.ts';

const all = [...corpus.values()];
const taken = drawn('CORPUS', all, 4);

await describeWithServices('the corpus', ['moto'], async ({ moto }) => {
  const proxy = await startFaultProxy({ target: moto.url, rules: likeAws });
  const directly = openAws(awsClientConfig(moto));
  afterAll(async () => {
    directly.destroy();
    await proxy.stop();
  });
  /** What was there before a template came, and what the one before it left on purpose. */
  let before = await everythingIn(directly);

  test.each(taken.map((one) => [one.name, one] as const))('%s', async (name, template) => {
    const workflow = workflowOnMoto(name, awsClientConfig(moto, proxy.url));
    // What a template leaves behind by failing is no fault of the next one's.
    onTestFailed(async () => {
      before = await everythingIn(directly);
    });
    const needed = template.needs === undefined ? undefined : corpus.get(template.needs)!;
    if (needed) await apply(workflow, sourceOf(needed, needed.first));
    const given = await outputsOf(workflow, needed, template.given);
    const source = (version: Version | undefined) => sourceOf(template, version, given);

    await apply(workflow, source(template.first));
    expect(await changesOf(workflow, source(template.first)), 'planned again').toEqual({});
    expect(await changesOf(workflow, source(template.second)), 'the edit').toEqual(template.changes);
    await apply(workflow, source(template.second));
    expect(await changesOf(workflow, source(template.second)), 'the edit again').toEqual({});
    const { running, planned } = await findingsOf(workflow, { ...source(template.second), packs });
    expect(running, 'what policies say of what runs').toEqual(planned);

    await apply(workflow, source(undefined));
    if (needed) await apply(workflow, sourceOf(needed, undefined));
    const after = await everythingIn(directly);
    const left = after.filter((one) => !before.includes(one));
    before = after;
    expect(left.map((one) => one.replace(/ \S+$/, '')).sort(), 'left').toEqual(
      [...(template.leaves ?? [])].sort(),
    );
  });
});

function sourceOf(
  { name, file }: CorpusTemplate,
  version: Version | undefined,
  given: Version['parameters'] = {},
): StackSource {
  const parameters = JSON.stringify({ ...given, ...version?.parameters });
  return {
    stack: `acme/shop:infra/${file}@test`,
    environment: { name: 'test', after: [], approvals: [] } as unknown as StackSource['environment'],
    file,
    text: version?.text,
    ...(version && parameters !== '{}'
      ? { parameters: { file: `${name}.params.json`, text: parameters } }
      : {}),
    packs: [],
  };
}

async function apply(workflow: Workflow, source: StackSource): Promise<void> {
  const { status, planned, result } = await applyStack(workflow, { source, cause: {}, permit: () => true });
  const why = [
    ...planned.diagnostics.filter((d) => d.severity === 'error').map(formatDiagnostic),
    ...(result?.failed ?? []).map((one) => `${one.operation.logicalId}: ${one.error}`),
  ];
  expect({ status, why }).toEqual({ status: 'succeeded', why: [] });
}

/** What the plan does, by logical id; what it leaves alone is not in it. */
async function changesOf(workflow: Workflow, source: StackSource): Promise<Record<string, string>> {
  const planned = await planStack(workflow, source);
  expectPlan(planned);
  return Object.fromEntries(
    planned.plan!.changes.flatMap((one) => (one.action === 'none' ? [] : [[one.logicalId, one.action]])),
  );
}

const packs = ['default', 'cis-aws', 'aws-fsbp', 'governance'];
const policies = await readPolicies();
/** What the account encrypts by itself only the cloud knows. */
const knownLater = 'ebs-encryption-not-off';

/** What policies say of what the template leaves alone, and of the same without the template: where, and which. */
async function findingsOf(
  workflow: Workflow,
  source: StackSource,
): Promise<{ readonly running: readonly string[]; readonly planned: readonly string[] }> {
  const judging = { ...workflow, policies: () => policies };
  const told = (findings: readonly Finding[]) =>
    findings
      .filter(({ policy }) => policy !== knownLater)
      .map(({ policy, logicalId, path, where }) => `${where?.line} ${logicalId} ${path ?? ''} ${policy}`)
      .sort();
  const { findings } = await planStack(judging, source);
  const running = judgeLive(judging, await readLive(judging, source), source);
  return { planned: told(findings), running: told(running.findings) };
}

function expectPlan({ diagnostics }: StackPlan): void {
  expect(hasErrors(diagnostics) ? diagnostics.map(formatDiagnostic) : []).toEqual([]);
}

/** Parameters that are given what another stack put out. */
async function outputsOf(
  workflow: Workflow,
  needed: CorpusTemplate | undefined,
  given: CorpusTemplate['given'],
): Promise<Record<string, string>> {
  if (!needed || !given) return {};
  const record = await workflow.state.stack(sourceOf(needed, undefined).stack);
  return Object.fromEntries(
    Object.entries(given).map(([parameter, output]) => [parameter, String(record!.outputs[output]?.value)]),
  );
}
