import { expect, test } from 'vitest';
import { registry } from '../../src/provider/registry.ts';
import type { StackPlan, StackSource } from '../../src/workflow/plan-stack.ts';
import { refuseSharedNames } from '../../src/workflow/refuse-shared-names.ts';
import { plainChange } from '../plan/plain-change.ts';

function planned(
  environment: string,
  account: string,
  type: string,
  name: object,
  vault = 'default',
): StackPlan {
  const stack = `acme/shop:infra/shop.yaml@${environment}`;
  const where = { file: 'infra/shop.yaml', line: 7, column: 3 };
  const change = {
    ...plainChange,
    logicalId: 'It',
    type,
    action: 'create',
    after: { ...name },
    where,
  } as const;
  const head = {
    format: 1,
    stack,
    environment,
    account,
    region: 'eu-west-1',
    file: 'infra/shop.yaml',
  } as const;
  const source = { stack, file: head.file, environment: { name: environment, vault } } as StackSource;
  const plan = { ...head, changes: [change], deposed: [], outputs: [], digest: environment };
  return { source, plan, findings: [], diagnostics: [] };
}
const both = (type: string, name: object, account = '111111111111') =>
  refuseSharedNames({ types: registry }, [
    planned('dev', '111111111111', type, name),
    planned('prod', account, type, name),
  ]);

test('of two stacks that would make one bucket, the second has no plan and says on which line', () => {
  const [dev, prod] = both('AWS::S3::Bucket', { BucketName: 'data' }, '222222222222');
  expect(dev?.plan).toBeDefined();
  expect(prod?.plan).toBeUndefined();
  expect(prod?.diagnostics).toMatchObject([
    {
      severity: 'error',
      code: 'name-taken',
      summary: expect.stringMatching(
        /^It takes the BucketName data, which It of infra\/shop\.yaml in dev has/,
      ),
      where: { file: 'infra/shop.yaml', line: 7 },
    },
  ]);
});

test('what the account has alone can be in another one, and what the region has alone is not looked for elsewhere', () => {
  const refused = (all: readonly StackPlan[]) => all.filter((one) => !one.plan).length;
  expect(refused(both('AWS::IAM::Role', { RoleName: 'web' }))).toBe(1);
  expect(refused(both('AWS::IAM::Role', { RoleName: 'web' }, '222222222222'))).toBe(0);
  expect(refused(both('AWS::Logs::LogGroup', { LogGroupName: '/web' }))).toBe(1);
  expect(refused(both('AWS::Logs::LogGroup', { LogGroupName: '/web' }, '222222222222'))).toBe(0);
});

test('what a Vault has once is taken in every account, and not in another Vault', () => {
  const key = { Mount: 'transit', Name: 'orders' };
  const refused = (vault: string) =>
    refuseSharedNames({ types: registry }, [
      planned('dev', '111111111111', 'Vault::Transit::Key', key),
      planned('prod', '222222222222', 'Vault::Transit::Key', key, vault),
    ]).flatMap(({ diagnostics }) => diagnostics.map(({ summary }) => summary));
  expect(refused('default')).toEqual([expect.stringMatching(/the Name orders.*: Vault lets one have it/)]);
  expect(refused('other')).toEqual([]);
});
