/**
 * Stretching an approval of a plan that was shown with unknowns, because stacks that it takes from were to be applied
 * first: a push right before the merge, or another's merge, must bring in nothing but the values.
 */
import { describe, expect, test } from 'vitest';
import { isFilledIn } from '../../src/apply/filled-in.ts';
import type { Statement } from '../../src/approval/approval.ts';
import type { Properties, Value } from '../../src/base/value.ts';
import { planDigest } from '../../src/plan/digest.ts';
import type { Change, OutputChange, Plan } from '../../src/plan/plan.ts';
import type { PullRequestRecord } from '../../src/state/pull-requests.ts';
import type { RunRecord } from '../../src/state/state.ts';
import { decideMerged } from '../../src/workflow/decide-merged.ts';
import type { Electorate } from '../../src/workflow/gate.ts';
import type { StackPlan } from '../../src/workflow/plan-stack.ts';
import { stackReview } from '../../src/workflow/review-pull-request.ts';
import type { PullRequestWorkflow } from '../../src/workflow/workflow.ts';
import { plainChange } from '../plan/plain-change.ts';
import { parameter, planned, thing } from '../plan/planned.ts';

const stack = 'acme/shop:infra/app.yaml@prod';
const imported = { 'Fn::ImportValue': 'net-vpc' };
const late = { $slipway: 'unknown', of: `\${ImportValue("net-vpc")}` } as const;

const change = (logicalId: string, of: Partial<Change>): Change => ({
  ...plainChange,
  logicalId,
  type: 'AWS::EC2::Subnet',
  action: 'create',
  ...of,
});

const subnet = (VpcId: Value, more: Properties = {}) =>
  change('Subnet', {
    after: { VpcId, CidrBlock: '10.7.1.0/24', ...more },
    desired: { VpcId: imported, CidrBlock: '10.7.1.0/24', ...more },
  });
const closed = change('Door', {
  type: 'AWS::EC2::SecurityGroup',
  action: 'update',
  physicalId: 'sg-1',
  before: { SecurityGroupIngress: ['0.0.0.0/0'] },
  after: { SecurityGroupIngress: [] },
});
const gone = change('Old', { action: 'delete', physicalId: 'subnet-old', before: { VpcId: 'vpc-1' } });
const url: OutputChange = {
  name: 'Url',
  exportName: 'app-url',
  after: 'https://shop',
  before: 'https://old',
};
const vpc: OutputChange = { name: 'Vpc', exportName: 'app-vpc', after: late, desired: imported };

function planOf(of: Partial<Plan>): Plan {
  const plan = {
    format: 1 as const,
    stack,
    environment: 'prod',
    account: '222222222222',
    region: 'eu-west-1',
    file: 'infra/app.yaml',
    changes: [subnet(late), closed, gone],
    deposed: [],
    outputs: [url, vpc],
    imports: { 'net-vpc': late },
    importChanges: { added: ['net-vpc'], removed: [] },
    ...of,
  };
  return { ...plan, digest: planDigest(plan) };
}

const shown = planOf({});
const given = {
  changes: [subnet('vpc-9'), closed, gone],
  outputs: [url, { ...vpc, after: 'vpc-9' }],
  imports: { 'net-vpc': 'vpc-9' },
};

const electors: Electorate = {
  author: 'author',
  committers: ['author'],
  people: [{ login: 'reviewer', permission: 'write', teams: [] }],
  members: {},
  labels: [],
  paths: [],
  codeowners: { ownersOf: () => [], lines: [], problems: [] },
};

const approve = (...plans: readonly Plan[]): Statement[] =>
  plans.map((plan, id) => ({
    kind: 'comment',
    id,
    login: 'reviewer',
    isBot: false,
    at: '2026-01-01T00:00:00Z',
    edited: false,
    dismissed: false,
    answer: 'yes',
    digests: { [stack]: plan.digest },
  }));

/** The gate of a merge that is planned so, where `shows` stands in the comment. */
async function allows(
  plan: Plan,
  shows: { readonly plan: Plan; readonly previous?: Plan },
  statements: readonly Statement[],
  runs: readonly RunRecord[] = [],
): Promise<boolean | undefined> {
  return (await decisionOn(plannedAs(plan), recordOf(shows, statements), runs))?.allowed;
}

const source = {
  stack,
  environment: { name: 'prod', after: [], approvals: [] },
  beside: { exports: new Set(['net-vpc']) },
};

const plannedAs = (plan: Plan) => ({ source, plan, findings: [], diagnostics: [] }) as unknown as StackPlan;

const recordOf = (shows: object, statements: readonly Statement[]) =>
  ({ statements, review: { stacks: [{ stack, ...shows }] } }) as unknown as PullRequestRecord;

function decisionOn(planned: StackPlan, record: PullRequestRecord, runs: readonly RunRecord[]) {
  const workflow = { state: { runs: async () => runs } } as unknown as PullRequestWorkflow;
  return decideMerged({ workflow, electors, record }, planned, { commit: 'merge' });
}

test('the values alone are what was approved', async () => {
  expect(await allows(planOf(given), { plan: shown }, approve(shown))).toBe(true);
  expect(await allows(planOf(given), { plan: shown }, [])).toBe(false);
});

describe('what is merged holds besides the values', () => {
  const outputs = (...changed: readonly OutputChange[]) => ({ ...given, outputs: changed });
  const known = { ...vpc, after: 'vpc-9' };
  test.each<readonly [string, Partial<Plan>]>([
    ['another value of an export', outputs({ ...url, after: 'https://evil' }, known)],
    [
      'two exports with their names swapped',
      outputs({ ...url, exportName: 'app-vpc' }, { ...known, exportName: 'app-url' }),
    ],
    ['an output that comes of something else', outputs(url, { ...known, desired: 'vpc-9' })],
    ['an output more', outputs(url, known, { name: 'More', after: 'x', exportName: 'more' })],
    ['an output less', outputs(known)],
    ['a change less: the door stays open', { ...given, changes: [subnet('vpc-9'), gone] }],
    [
      'a change more',
      { ...given, changes: [...given.changes, change('More', { after: { CidrBlock: '10.7.2.0/24' } })] },
    ],
    [
      'a deletion policy that retains nothing any more',
      { ...given, changes: [subnet('vpc-9'), { ...closed, deletionPolicy: 'Retain' }, gone] },
    ],
    [
      'a delete of something else',
      { ...given, changes: [subnet('vpc-9'), closed, { ...gone, physicalId: 'subnet-new' }] },
    ],
    [
      'a delete that only forgets',
      { ...given, changes: [subnet('vpc-9'), closed, { ...gone, action: 'forget' }] },
    ],
    ['a known property more', { ...given, changes: [subnet('vpc-9', { Public: true }), closed, gone] }],
    [
      'an export of another stack in place of the approved one',
      {
        ...given,
        changes: [
          { ...subnet('vpc-0'), desired: { VpcId: { 'Fn::ImportValue': 'evil' }, CidrBlock: '10.7.1.0/24' } },
          closed,
          gone,
        ],
      },
    ],
    ['an import more', { ...given, imports: { ...given.imports, other: 'x' } }],
    [
      'a resource left over that is to go',
      { ...given, deposed: [{ logicalId: 'Old', type: 'T', physicalId: 'i-1', dependsOn: [] }] },
    ],
  ])('%s', async (_, of) => {
    expect(await allows(planOf(of), { plan: shown }, approve(shown))).toBe(false);
  });

  test('and where nothing at all was to change, which nobody has to approve, it does not pass unapproved', async () => {
    const nothing = planOf({ changes: [], outputs: [{ ...url, before: url.after! }], imports: {} });
    const quiet = { ...nothing, importChanges: undefined } as unknown as Plan;
    const evil = {
      ...quiet,
      outputs: [{ ...url, before: url.after!, after: 'https://evil' }],
      digest: 'evil',
    };
    expect(await allows(evil, { plan: quiet }, [])).toBe(false);
  });
});

describe('a secret in a text that waits for another stack as well', () => {
  const text = { 'Fn::Join': ['', ['https://', parameter('Password'), '@', imported]] };
  const where = {
    'in a property': { desired: [thing('Door', { Note: text })] },
    'deep in a property': { desired: [thing('Door', { List: [{ Name: 'url', Value: text }] })] },
    'in an output': { desired: [], outputs: { Url: { value: text } } },
  };
  test.each(Object.entries(where))('%s is the one that was approved', (_, world) => {
    const approved = planned({ ...world, imports: { 'net-vpc': late }, secrets: { Password: 'horse' } });
    const filled = (Password: string) =>
      planned({ ...world, imports: { 'net-vpc': 'vpc-9' }, secrets: { Password } });
    expect(['horse', 'mule'].map((password) => isFilledIn(filled(password), approved))).toEqual([
      true,
      false,
    ]);
  });
});

describe('an apply that failed after the values had come', () => {
  const run = (plan: Plan, commit = 'merge') =>
    ({ id: 'run-1', stack, status: 'failed', plan, cause: { commit } }) as unknown as RunRecord;
  const whole = planOf(given);
  const left = planOf({ ...given, changes: [closed] });

  test('is gone on with on the same approval', async () => {
    expect(await allows(left, { plan: whole, previous: shown }, approve(shown), [run(whole)])).toBe(true);
  });

  test('also when it fails again and again', async () => {
    const statements = approve(shown);
    let record = recordOf({ plan: shown, decision: { allowed: true } }, statements);
    const runs: RunRecord[] = [];
    for (const plan of [whole, left, left, left]) {
      const decision = await decisionOn(plannedAs(plan), record, runs);
      expect(decision?.allowed).toBe(true);
      runs.unshift(run(plan));
      record = recordOf(stackReview(plannedAs(plan), decision, record), statements);
    }
  });

  test('but not with less by another commit', async () => {
    const other = run(whole, 'another');
    expect(await allows(left, { plan: whole, previous: shown }, approve(shown), [other])).toBe(false);
  });

  test('nor on an approval of nothing', async () => {
    expect(await allows(left, { plan: whole, previous: shown }, [], [run(whole)])).toBe(false);
  });
});
