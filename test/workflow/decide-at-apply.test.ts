import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { formatError } from '../../src/base/error.ts';
import { type Properties, unknown } from '../../src/base/value.ts';
import type { Exception } from '../../src/policy/exceptions.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { decideAtApply } from '../../src/workflow/decide-at-apply.ts';
import { changeOf, planOf, policyOf } from '../policy/policy-text.ts';
import { doorPolicy, file, openRunningWorld, stack } from './running-world.ts';

const clock = { now: () => new Date('2026-07-15T12:00:00Z'), sleep: () => Promise.resolve() };
const later = changeOf({ Size: unknown });

const exception = (until: string): Exception => {
  return { policy: 'small-disks', resource: 'Disk', until, reason: 'a migration', by: 'ops' };
};

interface Given {
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly changes?: Parameters<typeof planOf>;
  readonly overridden?: readonly string[];
  readonly packs?: readonly string[];
  readonly allow?: Exception[];
}

function decider({ policy, changes = [later], overridden = [], packs = [], allow }: Given) {
  const plan = planOf(...changes);
  return decideAtApply({
    workflow: { policies: () => [policyOf(policy)], clock },
    judged: {
      stack: plan.stack,
      packs,
      environment: { name: 'prod', after: [], approvals: [], ...(allow ? { allow } : {}) },
    },
    plan,
    overridden,
  });
}

/** What keeps a change from being made, now that it is known. */
function refusal(given: Given, after: Properties, logicalId = 'Disk'): string | undefined {
  try {
    decider(given)?.(changeOf(after, { logicalId }));
  } catch (error) {
    return formatError(error);
  }
  return undefined;
}

test('what a policy finds in values that are known only now stops the resource, and says why', () => {
  const said = refusal({}, { Size: 500 });
  expect(said).toContain('The policy small-disks stands against Disk: The disk has 500 GiB (policy-refused)');
  expect(said).toContain('were not known before the apply');
  expect(said).toContain('Ask for less.');
});

describe('it goes on', () => {
  test.each<[string, Given, Properties]>([
    ['where the values are right', {}, { Size: 50 }],
    ['where the policy is advice', { policy: { enforcement: 'advisory' } }, { Size: 500 }],
    ['where it was overridden for this plan', { overridden: ['small-disks'] }, { Size: 500 }],
    ['where the policy is in no pack that is in force', { policy: { packs: ['strict'] } }, { Size: 500 }],
    ['where an exception lets it through', { allow: [exception('2026-07-15')] }, { Size: 500 }],
    ['where nothing was open', { changes: [changeOf({ Size: 50 })] }, { Size: 500 }],
    [
      'where only another resource was open',
      { changes: [changeOf({ Size: 5, Name: unknown })] },
      { Size: 500 },
    ],
  ])('%s', (_, given, after) => {
    expect(refusal(given, after)).toBeUndefined();
  });
});

describe('it stops', () => {
  test.each<[string, Given, Properties, string]>([
    [
      'although it was overridden, where the policy is mandatory',
      { policy: { enforcement: 'mandatory' }, overridden: ['small-disks'] },
      { Size: 500 },
      'The disk has 500 GiB',
    ],
    [
      'where the exception is over',
      { allow: [exception('2026-07-14')] },
      { Size: 500 },
      'The disk has 500 GiB',
    ],
    ['where it cannot be decided even now', {}, { Size: unknown }, 'Size is known only then'],
    ['where the policy fails', {}, { Size: 'large' }, 'The policy could not be decided'],
  ])('%s', (_, given, after, expected) => {
    expect(refusal(given, after)).toContain(expected);
  });
});

test('a policy that looks at the whole plan sees the changes before this one as they have become', () => {
  const other = changeOf({ Size: unknown }, { logicalId: 'Other' });
  const policy = {
    deny: "resource.logicalId == 'Disk' && plan.changes.exists(c, c.after.Size > 100)",
    message: 'Too much in all',
  };
  const decide = decider({ policy, changes: [later, other] })!;
  decide(changeOf({ Size: 500 }, { logicalId: 'Other' }));
  expect(() => decide(changeOf({ Size: 5 }))).toThrow('Too much in all');
});

test('only what was open for this resource is asked again, with what is known by now', () => {
  const asked: string[] = [];
  const heard = (policy: Policy): Policy => ({
    ...policy,
    deny: {
      ...policy.deny,
      evaluate(...given) {
        asked.push(policy.id);
        return policy.deny.evaluate(...given);
      },
    },
  });
  const ids = ['about-size', 'about-name', 'about-both', 'about-neither'];
  const denies = [
    'after.Size > 100',
    "after.Name == 'x'",
    "after.Size > 100 && after.Name == 'x'",
    'after.Other > 1',
  ];
  const policies = ids.map((id, index) => heard(policyOf({ id, deny: denies[index], message: 'No.' })));
  const plan = planOf(
    changeOf({ Size: unknown, Name: 'y' }),
    changeOf({ Size: 1, Name: unknown }, { logicalId: 'Named' }),
  );
  const decide = decideAtApply({
    workflow: { policies: () => policies, clock },
    judged: { stack: plan.stack, packs: [], environment: { name: 'prod', after: [], approvals: [] } },
    plan,
    overridden: [],
  })!;
  asked.length = 0;
  decide(changeOf({ Size: 5, Name: 'y' }));
  expect(asked.splice(0)).toEqual(['about-size']);
  expect(() => decide(changeOf({ Size: 1, Name: 'x' }, { logicalId: 'Named' }))).toThrow(
    'about-name stands against',
  );
  expect(asked).toEqual(['about-name']);
});

test('what an exception lets through stands in the audit record and in the history of the run', async () => {
  const { workflow, enforce, close } = await openRunningWorld();
  enforce(doorPolicy({ id: 'low-doors' }));
  const allowed = { until: '2999-12-31', reason: 'a giant lives here', by: '@acme/security' };
  const allow = [{ policy: 'low-doors', resource: 'Front', ...allowed }];
  const text = 'Resources: { Front: { Type: Acme::Door, Properties: { Name: front, Height: 4 } } }';
  const environment = { name: 'prod', after: [], approvals: [], allow };
  try {
    const source = { stack, environment, file, text, packs: [] };
    const request = { source, cause: { by: 'operator' }, permit: () => true };
    expect(await applyStack({ ...workflow, clock: systemClock }, request)).toMatchObject({
      status: 'succeeded',
    });
    const [begun] = await workflow.audit.entries(0, 1);
    expect(JSON.parse(begun!.text)).toMatchObject({ event: 'run-begun', stack, exceptions: allow });
    const [run] = await workflow.state.runs(stack, 1);
    expect(run?.cause).toEqual({ by: 'operator', allowed: 'low-doors:Front' });
  } finally {
    await close();
  }
});
