import { describe, expect, test } from 'vitest';
import { createTestRepository, isApplied, isFailed, isGreen, type TestRepository } from './repository.ts';
import { describeWithShop } from './shop.ts';

// Its name comes first, and what it takes second.
const app = 'infra/app.yaml';
const network = 'infra/network.yaml';

/** A network that exports its VPC and a tag's value, under names that no other test's stack has. */
const networkText = (names: string, tag = 'blue') => `Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.7.0.0/16
      Tags: [{ Key: owner, Value: shop-team }]
Outputs:
  Vpc:
    Value: !Ref Vpc
    Export: { Name: ${names}-vpc }
  Tag:
    Value: ${tag}
    Export: { Name: ${names}-tag }
`;

const appText = (names: string) => `Resources:
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !ImportValue ${names}-vpc
      CidrBlock: 10.7.1.0/24
      Tags:
        - { Key: owner, Value: shop-team }
        - { Key: network, Value: !Sub ['on-\${Tag}', { Tag: !ImportValue ${names}-tag }] }
`;

await describeWithShop('stacks that take exports of one another', (world) => {
  const subnetOf = async (repository: TestRepository) =>
    (await world.cloud(`${repository.fullName}:${app}@dev`)).find((r) => r.kind === 'subnet');

  /** Both, applied. */
  async function landBoth(name: string): Promise<TestRepository> {
    const repository = await createTestRepository(world, name);
    await (await repository.propose({ [app]: appText(name), [network]: networkText(name) })).land();
    return repository;
  }

  describe.concurrent('of one pull request', () => {
    test('are planned with what is not there yet, approved once, and applied in order', async () => {
      const repository = await createTestRepository(world, 'exports-first');
      const pull = await repository.propose({
        [app]: appText('exports-first'),
        [network]: networkText('exports-first'),
      });
      const { comment } = await pull.planned();
      expect(comment).toContain('exports-first-vpc');
      expect(comment).not.toContain('Cannot be planned');
      expect(comment.indexOf(network)).toBeLessThan(comment.indexOf(app));
      await pull.approve();
      await pull.until('three green checks', isGreen);
      await pull.merge();
      await pull.until('the comment to say Applied', isApplied);
      expect((await subnetOf(repository))?.tags.network).toBe('on-blue');
    });

    test('are taken down in the other order', async () => {
      const repository = await landBoth('exports-down');
      const pull = await repository.propose({ [app]: undefined, [network]: undefined });
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      await pull.merge();
      await pull.until('the comment to say Applied', isApplied);
      expect(await world.cloud(`${repository.fullName}:${app}@dev`)).toEqual([]);
      expect(await world.cloud(`${repository.fullName}:${network}@dev`)).toEqual([]);
    });
  });

  test('a stack waits where what it takes could not be made, and a retry goes on with it', async () => {
    const name = 'exports-fail';
    const repository = await createTestRepository(world, name);
    const pull = await repository.propose({ [app]: appText(name), [network]: networkText(name) });
    await pull.planned();
    await pull.approve();
    await pull.until('three green checks', isGreen);
    const allow = world.proxy.rules.add({
      match: { action: 'CreateVpc' },
      fault: { kind: 'refuse', status: 400, code: 'VpcLimitExceeded', message: 'Too many' },
    });
    await pull.merge();
    const failed = await pull.until('the failure', isFailed);
    expect(failed.comment).toContain(`${app} comes after ${network}, which has not been applied`);
    allow();
    await pull.say('operator', '/slipway retry');
    await pull.until('the comment to say Applied', isApplied);
    expect((await subnetOf(repository))?.tags.network).toBe('on-blue');
  });

  test('a stack that nobody touched is planned and applied with the one whose export it takes', async () => {
    const repository = await landBoth('exports-follow');
    const pull = await repository.propose({ [network]: networkText('exports-follow', 'green') });
    const { comment } = await pull.planned();
    expect(comment).toContain('It takes exports-follow-tag of infra/network.yaml, which changes');
    expect(comment).toContain('on-green');
    await pull.approve();
    await pull.until('three green checks', isGreen);
    await pull.merge();
    await pull.until('the comment to say Applied', isApplied);
    expect((await subnetOf(repository))?.tags.network).toBe('on-green');
  });

  test('what a stack is made with does not go from under it', async () => {
    const repository = await landBoth('exports-under');
    const other = networkText('exports-under').replace('10.7.0.0/16', '10.8.0.0/16');
    const pull = await repository.propose({ [network]: other });
    const { comment } = await pull.planned();
    expect(comment).toContain('The export exports-under-vpc cannot have another value');
  });
});
