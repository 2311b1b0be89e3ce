import { expect, test } from 'vitest';
import type { Change } from '../../src/plan/plan.ts';
import type { ResourceRecord, RunRecord, State } from '../../src/state/state.ts';
import { type RollbackRequest, rollbackSource } from '../../src/workflow/rollback-stack.ts';
import { createMemoryState } from '../apply/memory-state.ts';
import { resourceRecord, runRecord, shop, stackRecord } from '../state/records.ts';

const environment = { name: 'dev', after: [], approvals: [] };

/** A run as one letter: the text of its version, in small where it was not kept; and how it ended. */
type Step = readonly [string, ('failed' | 'destroy' | 'import')?];

async function stackWith(
  steps: readonly Step[],
  more: {
    secrets?: readonly string[];
    resources?: readonly ResourceRecord[];
    plans?: readonly Change[][];
  } = {},
): Promise<State> {
  const state = createMemoryState(() => 0);
  await state.putStack(stackRecord({ account: '999999999999', region: 'eu-north-1' }));
  const lock = (await state.lock(shop, 'test', 60_000))!;
  for (const [i, [text, how]] of steps.entries()) {
    const run = runRecord({ id: `run-${i}`, startedAt: new Date(i * 60_000).toISOString() });
    const isKept = text !== text.toLowerCase() && how !== 'destroy';
    const record: RunRecord = {
      ...run,
      kind: how === 'destroy' ? 'destroy' : 'apply',
      plan: { ...run.plan, changes: more.plans?.[i] ?? [] },
      cause: how === 'import' ? { import: 'Vpc' } : { by: 'operator' },
      ...(isKept ? { version: version(text, more.secrets) } : {}),
    };
    await state.beginRun(record, lock);
    await state.endRun(run.id, how === 'failed' ? 'failed' : 'succeeded', undefined, lock);
  }
  for (const resource of more.resources ?? []) await state.putResource(resource, lock);
  return state;
}

function version(text: string, secretParameters: readonly string[] = []): NonNullable<RunRecord['version']> {
  const parameters = { Size: 2 };
  return { file: 'infra/shop.yaml', text, parameters, secretParameters, ssmParameters: { '/ami': 'ami-1' } };
}

const back = (state: State, more: Partial<RollbackRequest> = {}) =>
  rollbackSource({ state }, { stack: shop, environment, packs: ['default'], ...more });

test.each<[string, readonly Step[], string]>([
  ['after two, the one before', [['A'], ['B']], 'run-0'],
  ['after a failure, the last good one', [['A'], ['B'], ['C', 'failed']], 'run-1'],
  ['after several of the same, the last other one', [['A'], ['B'], ['B'], ['B']], 'run-0'],
  ['after a rollback, what was rolled back', [['A'], ['B'], ['A']], 'run-1'],
  ['after a destroy, what was destroyed', [['A'], ['B'], ['', 'destroy']], 'run-1'],
  ['over an import, the one before', [['A'], ['B'], ['x', 'import']], 'run-0'],
])('without a run: %s', async (_, steps, expected) => {
  expect((await back(await stackWith(steps))).run.id).toBe(expected);
});

test.each<[string, readonly Step[], string | undefined, string]>([
  ['there is only one', [['A']], undefined, 'no earlier version'],
  ['there is only one and an import', [['A'], ['x', 'import']], undefined, 'no earlier version'],
  ['the one before was not kept', [['a'], ['B']], undefined, 'The template of the run run-0 was not kept'],
  ['it failed', [['A'], ['B', 'failed']], 'run-1', 'there was never such a state'],
  ['it deleted everything', [['A'], ['', 'destroy']], 'run-1', 'deleted the stack'],
  ['it took over one resource', [['A'], ['x', 'import']], 'run-1', 'only imported Vpc'],
])('is impossible where %s', async (_, steps, to, words) => {
  const refused = back(await stackWith(steps), to === undefined ? {} : { to });
  await expect(refused).rejects.toMatchObject({
    code: 'rollback-impossible',
    message: expect.stringContaining(words),
  });
});

test('a template that has only moved is the same version: what was before it comes back, at the new path', async () => {
  const state = await stackWith([['A'], ['B']]);
  const lock = { stack: shop, holder: 'test', fence: 1 };
  const run = runRecord({ id: 'run-2', startedAt: new Date(120_000).toISOString() });
  const file = 'infra/web.yaml';
  const moved = { ...run, plan: { ...run.plan, file }, version: { ...version('B'), file } };
  await state.beginRun(moved, lock);
  await state.endRun(run.id, 'succeeded', undefined, lock);
  expect(await back(state)).toMatchObject({ run: { id: 'run-0' }, source: { text: 'A', file } });
});

test('the source is what was kept, in the place where the stack is', async () => {
  const { source } = await back(await stackWith([['A'], ['B']]));
  expect(source).toMatchObject({
    stack: shop,
    environment: { name: 'dev', account: '999999999999', region: 'eu-north-1' },
    file: 'infra/shop.yaml',
    text: 'A',
    parameters: { text: '{"Size":2}' },
    ssmParameters: { '/ami': 'ami-1' },
    packs: ['default'],
  });
});

test.each<[string, RollbackRequest['present'], object | string]>([
  [
    'the parameter file of today',
    { parameters: { file: 'p.yaml', text: 'A: one\nB: two\nSize: 7' } },
    { A: 'one', B: 'two' },
  ],
  [
    'the defaults of today where the file has none',
    {
      parameters: { file: 'p.yaml', text: 'A: one' },
      text: 'Parameters: { A: { Type: String, Default: x }, B: { Type: String, Default: y } }\nResources: { Vpc: { Type: AWS::EC2::VPC } }',
    },
    { A: 'one', B: 'y' },
  ],
  [
    'nowhere',
    { parameters: { file: 'p.yaml', text: 'A: one' } },
    'needs B, which is secret and was not kept',
  ],
  ['a file that is none', { parameters: { file: 'p.yaml', text: '- 1' } }, 'The parameter file has errors'],
])('a secret comes from %s', async (_, present, expected) => {
  const state = await stackWith([['A'], ['B']], { secrets: ['A', 'B'] });
  const asked = back(state, { ...(present ? { present } : {}) });
  if (typeof expected === 'string') await expect(asked).rejects.toThrow(expected);
  else expect(JSON.parse((await asked).source.parameters!.text)).toEqual({ Size: 2, ...expected });
});

test('what was renamed since is renamed back, once or more, and not what the version has under both names', async () => {
  const there = (logicalId: string, movedFrom?: string): Change =>
    ({ logicalId, action: 'none', after: {}, ...(movedFrom ? { movedFrom } : {}) }) as Change;
  const gone = (logicalId: string) => ({ logicalId, action: 'delete' }) as Change;
  const plans = [
    [there('Vpc'), there('Role'), there('Disk'), there('Tape')],
    [there('Net', 'Vpc'), there('Role'), there('Drive', 'Disk'), there('Reel', 'Tape')],
    [there('Network', 'Net'), there('Job', 'Role'), gone('Drive')],
  ];
  const resources = ['Network', 'Role', 'Reel'].map((logicalId) => resourceRecord({ logicalId }));
  const state = await stackWith([['A'], ['B'], ['C', 'failed']], { plans, resources });
  // The failed run had not come to Job yet.
  expect((await back(state, { to: 'run-0' })).source.renames).toEqual({ Network: 'Vpc', Reel: 'Tape' });
  expect((await back(state, { to: 'run-1' })).source.renames).toEqual({ Network: 'Net' });
});

test('a run that is not there is answered with the one that is meant', async () => {
  const state = await stackWith([['A'], ['B']]);
  await expect(back(state, { to: 'run-9' })).rejects.toMatchObject({
    code: 'state-missing',
    problem: { remedy: expect.stringMatching(/^Did you mean run-[01]\?$/) },
  });
});

test.each([
  ['Delete', /^Vpc: imported since the run run-0/],
  ['Retain', undefined],
] as const)(
  'what was imported since is not deleted by going back: DeletionPolicy %s',
  async (deletionPolicy, refusal) => {
    const imported = { logicalId: 'Vpc', action: 'import', physicalId: 'vpc-1', after: {} } as Change;
    const resources = [resourceRecord({ logicalId: 'Vpc', physicalId: 'vpc-1', deletionPolicy })];
    const state = await stackWith([['A'], ['B']], { plans: [[], [imported]], resources });
    const asked = back(state, { to: 'run-0' });
    if (refusal) await expect(asked).rejects.toThrow(refusal);
    else expect((await asked).run.id).toBe('run-0');
  },
);
