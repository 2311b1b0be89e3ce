import { afterAll, expect, test } from 'vitest';
import type { Properties } from '../../../../src/base/value.ts';
import { openAws } from '../../../../src/provider/aws/open-aws.ts';
import type { Live } from '../../../../src/provider/provider.ts';
import { registry } from '../../../../src/provider/registry.ts';
import { typeSchemas } from '../../../../src/provider/schemas.ts';
import { quickClock } from '../../../contract/quick-clock.ts';
import {
  contextOf,
  create,
  type Made,
  plan,
  readBy,
  remove,
  update,
  type Workbench,
} from '../../../contract/workbench.ts';
import { awsClientConfig, describeWithServices } from '../../../services.ts';

const allow = (...Action: string[]): Properties => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});
const trust: Properties = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const roleProperties: Properties = {
  AssumeRolePolicyDocument: trust,
  Policies: [{ PolicyName: 'own', PolicyDocument: allow('s3:GetObject') }],
};

await describeWithServices('policies that several resources give to one role', ['moto'], async ({ moto }) => {
  const aws = openAws(awsClientConfig(moto));
  const bench: Workbench = {
    types: registry,
    schemas: typeSchemas,
    context: contextOf(aws, quickClock(), 'acme/shop:infra/policies.yaml@test'),
  };
  const iam = await aws.iam();
  afterAll(() => aws.destroy());
  const inlineOf = async (role: Made) =>
    (await iam.listRolePolicies({ RoleName: role.live.physicalId })).PolicyNames?.sort();
  const attachedTo = async (role: Made) =>
    (await iam.listAttachedRolePolicies({ RoleName: role.live.physicalId })).AttachedPolicies?.length;
  const planned = async (made: Made, properties: Properties) => {
    const { action, differences, drift } = await plan(bench, made, properties);
    return { action, differences, drift };
  };
  const nothing = { action: 'none', differences: [], drift: [] };

  test("a policy of AWS's own that is misspelt is refused without waiting for it", async () => {
    const sleep = () => Promise.reject(new Error('waited'));
    const context = { ...bench.context, clock: { ...bench.context.clock, sleep } };
    const ManagedPolicyArns = ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCoer'];
    await expect(
      create({ ...bench, context }, 'Misspelt', 'AWS::IAM::Role', { ...roleProperties, ManagedPolicyArns }),
    ).rejects.toThrow('AmazonSSMManagedInstanceCoer does not exist');
  });

  test('each resource keeps to its own, whoever is changed or deleted', async () => {
    const role = await create(bench, 'Role', 'AWS::IAM::Role', roleProperties);
    const Roles = [role.live.physicalId];
    const shared = { PolicyName: 'shared', PolicyDocument: allow('sqs:*'), Roles };
    const single = { PolicyName: 'single', PolicyDocument: allow('sns:*'), RoleName: Roles[0]! };
    const managed = { PolicyDocument: allow('ec2:*'), Roles };
    const policy = await create(bench, 'Policy', 'AWS::IAM::Policy', shared);
    const rolePolicy = await create(bench, 'RolePolicy', 'AWS::IAM::RolePolicy', single);
    const managedPolicy = await create(bench, 'Managed', 'AWS::IAM::ManagedPolicy', managed);

    expect(await planned(role, roleProperties)).toEqual(nothing);
    expect(await planned(policy, shared)).toEqual(nothing);
    expect(await planned(rolePolicy, single)).toEqual(nothing);
    expect(await planned(managedPolicy, managed)).toEqual(nothing);

    const bare = { ...roleProperties, Policies: [], ManagedPolicyArns: [] };
    const live = (await readBy(bench, 'stack', role))!;
    const changed = await update(bench, role, live, bare);
    expect(await inlineOf(role)).toEqual(['shared', 'single']);
    expect(await attachedTo(role)).toBe(1);
    expect(await planned(changed, bare)).toEqual(nothing);

    await remove(bench, policy);
    await remove(bench, managedPolicy);
    expect(await inlineOf(role)).toEqual(['single']);
    expect(await attachedTo(role)).toBe(0);
    await remove(bench, rolePolicy);
    await remove(bench, role);
  });

  test('a role that was replaced under its name gets its policies back', async () => {
    const named = { ...roleProperties, RoleName: 'worker', Policies: [] };
    const role = await create(bench, 'Role', 'AWS::IAM::Role', named);
    const both = { PolicyDocument: allow('sqs:*'), Roles: ['worker'] };
    const policy = await create(bench, 'Policy', 'AWS::IAM::Policy', { ...both, PolicyName: 'shared' });
    const managed = await create(bench, 'Managed', 'AWS::IAM::ManagedPolicy', both);
    await remove(bench, role);
    const other = await create(bench, 'Role', 'AWS::IAM::Role', { ...named, Path: '/other/' });
    await update(bench, policy, policy.live, { ...both, PolicyName: 'shared' });
    await update(bench, managed, managed.live, both);
    expect([await inlineOf(other), await attachedTo(other)]).toEqual([['shared'], 1]);
    for (const one of [policy, managed, other]) await remove(bench, one);
  });

  test('a document that was changed by hand with one of two is drift', async () => {
    const one = await create(bench, 'One', 'AWS::IAM::Role', roleProperties);
    const two = await create(bench, 'Two', 'AWS::IAM::Role', roleProperties);
    const Roles = [one.live.physicalId, two.live.physicalId];
    const properties = { PolicyName: 'shared', PolicyDocument: allow('sqs:SendMessage'), Roles };
    const policy = await create(bench, 'Policy', 'AWS::IAM::Policy', properties);
    const PolicyDocument = JSON.stringify(allow('*'));
    await iam.putRolePolicy({ RoleName: Roles[1], PolicyName: 'shared', PolicyDocument });

    const drifted = await plan(bench, policy, properties);
    expect(drifted.action).toBe('update');
    expect(drifted.drift.map((d) => d.path)).toEqual(['PolicyDocument.Statement']);
    const mended = await update(bench, policy, (await readBy(bench, 'stack', policy))!, properties);
    expect(await planned(mended, properties)).toEqual(nothing);

    await iam.deleteRolePolicy({ RoleName: Roles[0], PolicyName: 'shared' });
    expect((await plan(bench, policy, properties)).drift.map((d) => d.path)).toEqual(['Roles']);
    for (const made of [policy, one, two]) await remove(bench, made);
  });

  test.each(['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'])('%s goes to users and groups', async (type) => {
    const names = ['anna', 'bert'].map((name) => `${name}-${type.length}`);
    for (const name of names) {
      await iam.createUser({ UserName: name });
      await iam.createGroup({ GroupName: name });
    }
    const both = {
      ...(type === 'AWS::IAM::Policy' ? { PolicyName: 'shared' } : {}),
      PolicyDocument: allow('sqs:*'),
      Users: names,
      Groups: [names[0]!],
    };
    const made = await create(bench, 'Policy', type, both);
    expect(await planned(made, both)).toEqual(nothing);

    const other = { ...both, Users: [names[1]!], Groups: [names[1]!] };
    const changed = await update(bench, made, (await readBy(bench, 'stack', made))!, other);
    expect(await planned(changed, other)).toEqual(nothing);
    expect((await readBy(bench, 'stack', made))?.properties).toMatchObject({ Groups: [], Users: [names[1]] });

    await remove(bench, changed);
    for (const name of names) {
      // IAM refuses to delete who still bears a policy.
      await iam.deleteUser({ UserName: name });
      await iam.deleteGroup({ GroupName: name });
    }
  });

  test.each([
    ['AWS::IAM::Policy', (name: string, role: string) => ({ PolicyName: name, Roles: [role] })],
    ['AWS::IAM::RolePolicy', (name: string, role: string) => ({ PolicyName: name, RoleName: role })],
    ['AWS::IAM::ManagedPolicy', (_name: string, role: string) => ({ Roles: [role] })],
  ] as const)('many of %s are read as one is, in calls that do not grow', async (type, propertiesOf) => {
    const role = await create(bench, 'Role', 'AWS::IAM::Role', roleProperties);
    const made: Made[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      const properties = {
        ...propertiesOf(name, role.live.physicalId),
        PolicyDocument: allow(`s3:${name}*`),
      };
      made.push(await create(bench, name, type, properties));
    }
    const records = made.map((one) => one.record);
    const before = total(aws.calls);
    const inBulk = await registry[type]!.read(
      { ...bench.context, by: 'stack', once: (_key, ask) => ask() },
      records,
    );
    expect(total(aws.calls) - before).toBeLessThanOrEqual(2);
    const oneByOne = await registry[type]!.read(
      { ...bench.context, by: 'id', once: (_key, ask) => ask() },
      records,
    );
    expect(inBulk.size).toBe(7);
    expect(withoutPolicyId(inBulk)).toEqual(withoutPolicyId(oneByOne));
    for (const one of [...made, role]) await remove(bench, one);
  });

  test('a managed policy changes oftener than IAM keeps versions', async () => {
    const properties = (n: number) => ({ PolicyDocument: allow(`s3:Get${n}*`) });
    let made = await create(bench, 'Managed', 'AWS::IAM::ManagedPolicy', properties(0));
    for (let n = 1; n < 8; n++) {
      made = await update(bench, made, (await readBy(bench, 'stack', made))!, properties(n));
      expect(await planned(made, properties(n))).toEqual(nothing);
    }
    await remove(bench, made);
  });
});

/** moto's listing of managed policies lacks the id, which AWS's has. */
function withoutPolicyId(all: ReadonlyMap<string, Live>) {
  return [...all].map(
    ([
      id,
      {
        attributes: { PolicyId: _, ...attributes },
        ...live
      },
    ]) => [id, { ...live, attributes }],
  );
}

function total(calls: ReadonlyMap<string, number>): number {
  return [...calls.values()].reduce((sum, n) => sum + n, 0);
}
