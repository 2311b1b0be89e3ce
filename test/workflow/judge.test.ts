import { expect, test } from 'vitest';
import { formatError } from '../../src/base/error.ts';
import { scannersOf } from '../../src/scanner/scanners.ts';
import { checkOverrides, findingsOf, type Judged } from '../../src/workflow/judge.ts';
import { changeOf, planOf, policyOf } from '../policy/policy-text.ts';

const policies = [
  policyOf({
    packs: ['strict'],
    parameters: { most: { default: 100, description: 'GiB that a disk may have.' } },
    deny: 'after.Size > parameters.most',
  }),
  policyOf({ id: 'never', packs: ['other'], enforcement: 'mandatory' }),
  policyOf({ id: 'named', packs: ['default'], deny: 'after.Name == null' }),
];
const clock = { now: () => new Date('2026-07-15T12:00:00Z'), sleep: () => Promise.resolve() };
const plan = planOf(changeOf({ Size: 200 }));

function judge(packs: readonly string[], environment: Partial<Judged['environment']> = {}): string {
  const judged = {
    stack: plan.stack,
    packs,
    environment: { name: 'prod', after: [], approvals: [], ...environment },
  };
  try {
    return findingsOf({ policies: () => policies, clock }, plan, judged, () => undefined)
      .map((finding) => (finding.allowed ? `${finding.policy} (allowed)` : finding.policy))
      .join(' ');
  } catch (error) {
    return formatError(error);
  }
}

const allow = (policy: string) => {
  return { allow: [{ policy, resource: 'Disk', until: '2026-12-31', reason: 'a migration', by: 'ops' }] };
};
const most = (value: number) => ({ 'policy-parameters': { 'small-disks': { most: value } } });

test.each([
  ['the packs that the settings name', judge(['strict']), 'small-disks'],
  ['two packs', judge(['default', 'strict']), 'named small-disks'],
  ['a pack that there is not', judge(['strit']), 'Did you mean strict?'],
  ["an environment's parameter", judge(['strict'], most(500)), ''],
  [
    'a parameter that is misspelt',
    judge(['strict'], { 'policy-parameters': { 'small-disks': { mots: 500 } } }),
    'environments.prod.policy-parameters.small-disks.mots',
  ],
  [
    'an exception of a policy that there is not',
    judge(['strict'], allow('smal-disks')),
    'Did you mean small-disks?',
  ],
  [
    'an exception of a mandatory policy',
    judge(['strict'], allow('never')),
    'is mandatory, and has no exceptions',
  ],
  ['an exception', judge(['strict'], allow('small-disks')), 'small-disks (allowed)'],
  ['a parameter of a policy that is not in force', judge(['default'], most(1)), 'named'],
])('a plan is judged with %s', (_, said, expected) => {
  if (expected === '') expect(said).toBe('');
  else expect(said).toContain(expected);
});

const weights = {
  id: 'checkov',
  enforcement: 'overridable' as const,
  severity: { error: 'high', warning: 'medium', note: 'low' } as const,
  rules: { CKV_AWS_1: 'mandatory' } as const,
  untouched: 'advise' as const,
};
const scanner = { reads: 'template' as const, scan: () => Promise.reject(new Error('is not asked')) };
const scanners = scannersOf([{ weights, scanner }]);
const overriding = (id: string, known: readonly (typeof scanners)[] = [scanners]) => {
  const overrides = [{ policies: [id], from: ['@acme/security'] }];
  try {
    checkOverrides(policies, { name: 'prod', after: [], approvals: [], overrides }, known[0]);
    return 'is right';
  } catch (error) {
    return formatError(error);
  }
};
const scanned = (allowed: object, known: readonly (typeof scanners)[] = [scanners]) => {
  const environment = { name: 'prod', after: [], approvals: [], ...allowed };
  const found = findingsOf(
    { policies: () => policies, clock },
    plan,
    { stack: plan.stack, packs: ['strict'], environment: { ...environment, allow: [] } },
    () => undefined,
  );
  const others = [{ ...found[0]!, policy: 'checkov/CKV_AWS_24', enforcement: 'overridable' as const }];
  try {
    const judged = { stack: plan.stack, packs: ['default'], environment };
    const all = findingsOf(
      { policies: () => policies, clock, scanners: known[0] },
      plan,
      judged,
      () => undefined,
      others,
    );
    return all.map((one) => (one.allowed ? `${one.policy} (allowed)` : one.policy)).join(' ');
  } catch (error) {
    return formatError(error);
  }
};

test.each([
  ['an exception from its rule', scanned(allow('checkov/CKV_AWS_24')), 'named checkov/CKV_AWS_24 (allowed)'],
  ['none from another', scanned(allow('checkov/CKV_AWS_25')), 'named checkov/CKV_AWS_24'],
  ['none from a mandatory rule', scanned(allow('checkov/CKV_AWS_1')), 'is mandatory, and has no exceptions'],
  [
    'none from a scanner that there is not',
    scanned(allow('chekov/CKV_AWS_24')),
    'There is no policy chekov/CKV_AWS_24',
  ],
  ['one where nobody knows the scanners', scanned(allow('chekov/X'), []), 'named checkov/CKV_AWS_24'],
  ['an override of its rule', overriding('checkov/CKV_AWS_24'), 'is right'],
  [
    'none of a scanner that there is not',
    overriding('chekov/CKV_AWS_24'),
    'Did you mean checkov/CKV_AWS_24?',
  ],
  ['none of a scanner as a whole', overriding('checkov'), 'There is no policy checkov'],
  ['one where nobody knows them', overriding('chekov/CKV_AWS_24', []), 'is right'],
])('of a scanner the settings can name %s', (_, said, expected) => {
  expect(said).toContain(expected);
});

test('where no policy is in the pack default, nobody has to turn it off', () => {
  const judged = {
    stack: plan.stack,
    packs: ['default'],
    environment: { name: 'prod', after: [], approvals: [] },
  };
  expect(findingsOf({ policies: () => policies.slice(0, 1), clock }, plan, judged, () => undefined)).toEqual(
    [],
  );
});

test('a policy sees one name of all stacks that began at a path', () => {
  const own = [policyOf({ deny: "stack == 'acme/shop:infra/shop.yaml@prod'" })];
  const found = (stack: string) =>
    findingsOf(
      { policies: () => own, clock },
      plan,
      { stack, packs: ['default'], environment: { name: 'prod', after: [], approvals: [] } },
      () => undefined,
    ).length;
  expect(found('acme/shop:infra/shop.yaml@prod')).toBe(1);
  expect(found('acme/shop:infra/shop.yaml//2@prod')).toBe(1);
  expect(found('acme/shop:infra/other.yaml@prod')).toBe(0);
});
