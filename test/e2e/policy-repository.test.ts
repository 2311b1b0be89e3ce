import { expect, test } from 'vitest';
import { until } from '../../src/sandbox/demo/watch.ts';
import { findRepository } from '../../src/sandbox/github/model/world.ts';
import { policyText } from '../policy/organisation-policy.ts';
import {
  conclusions,
  createTestRepository,
  openTestRepository,
  type PullRequest,
  repliesOf,
  type Seen,
  settings,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network } from './templates.ts';

const file = 'network/no-default-vpc.yaml';
const policiesCheck = 'slipway/policies';

await describeWithShop("the organisation's policy repository", (world) => {
  const tested = (pull: PullRequest) =>
    pull.until('the check of the policies', (s) => s.checks[policiesCheck]?.status === 'completed');
  const standing = async () => {
    const answer = (await (await fetch(`${world.shop.slipway.url}/readyz`)).json()) as {
      checks: { policies: { status: string } };
    };
    return answer.checks.policies.status;
  };

  test('is in force from its branch, is tested on its pull requests, and stays as it was while it is broken', async () => {
    const { git } = await createPolicies();
    await world.shop.restart({ SLIPWAY_POLICY_REPOSITORY: 'acme/policies@main:drafts/new' });
    const app = await createTestRepository(world, 'judged', {
      '.github/slipway.yml': `${settings}policies: [default, network]\n`,
    });
    const open = await app.propose({ [template]: network('172.31.0.0/16') });
    const unjudged = await open.planned();
    expect(conclusions(unjudged)).toBe('plan failure, policy failure, approval failure');
    expect(unjudged.comment).toContain('drafts/new/broken.yaml:6:24');
    expect(await standing()).toBe('broken');

    // Where the operator names good ones, what is open is planned again by itself.
    await world.shop.restart({ SLIPWAY_POLICY_REPOSITORY: 'acme/policies@main' });
    const blocked = await open.until('a plan', (s) => s.checks['slipway/plan']?.conclusion === 'success');
    expect(conclusions(await open.planned())).toContain('policy failure');
    expect(blocked.comment).toContain('The network has the addresses of the default one');

    const policies = openTestRepository(world, 'acme', 'policies');
    // Anybody's: what is proposed from a fork is text like any other.
    await world.shop.github.fork('acme/policies', 'stranger');
    const fork = openTestRepository(world, 'stranger', 'policies');
    await fork.push(
      'change',
      { [file]: policyText('no-default-vpc', 'after.CidrBlock ==') },
      { as: 'stranger' },
    );
    const { data } = await fork.as('stranger').rest.pulls.create({
      owner: 'acme',
      repo: 'policies',
      title: 'Another rule',
      head: 'stranger:change',
      base: 'main',
    });
    const bad = policies.follow(data.number);
    const refused = await tested(bad);
    expect(refused.checks[policiesCheck]).toMatchObject({
      conclusion: 'failure',
      annotations: [{ path: file, startLine: 6 }],
    });
    expect(conclusions(await bad.planned())).toBe('plan success, policy success, approval success');

    // Merged all the same, it changes nothing but what is said.
    await bad.merge();
    await until('an earlier commit to be in force', standing, (s) => s === 'earlier');
    const tip = git.refs.get('refs/heads/main')!;
    await until(
      'a check on the branch',
      async () => policies.checksOn(tip),
      (c) => c.includes(policiesCheck),
    );
    await open.push({ 'README.md': '# Judged again\n' });
    const warned = await open.until('the warning', (s) => s.comment.includes('are still in force'));
    expect(warned.comment).toContain('acme/policies');
    expect(conclusions(await open.planned())).toContain('policy failure');

    // Mended there, what is open here is planned again by itself.
    const other = policyText('no-default-vpc', "after.CidrBlock == '10.0.0.0/8'", '10.1.0.0/16').replaceAll(
      '172.31.0.0/16',
      '10.0.0.0/8',
    );
    const good = await policies.propose({ [file]: other });
    expect((await tested(good)).checks[policiesCheck]?.conclusion).toBe('success');
    await good.merge();
    const free = await open.until('no policy in the way', (s) => !s.comment.includes('are still in force'));
    expect(free.comment).not.toContain('The network has the addresses');
    expect(await standing()).toBe('ok');
  });

  test('gives its findings to code scanning where the settings ask for it', async () => {
    const repository = await createTestRepository(world, 'scanned', {
      '.github/slipway.yml': `${settings}code-scanning: true\n`,
    });
    const { codeScanning } = findRepository(world.shop.github.world, repository.fullName)!;
    const pull = await repository.propose({ [template]: network().replace('Key: Owner', 'Key: Team') });
    const notTaken = (s: Seen) => repliesOf(s).filter((text) => text.includes('code-scanning: true')).length;
    await pull.until('a word that it is off', (s) => notTaken(s) === 1);
    world.shop.github.setCodeScanning(repository.fullName, true);
    await pull.push({ 'README.md': '# Once more\n' });
    await pull.planned();
    expect([codeScanning.analyses, notTaken(pull.look())]).toEqual([[], 1]);

    const other = await createTestRepository(world, 'scanned-too', {
      '.github/slipway.yml': `${settings}code-scanning: true\n`,
    });
    world.shop.github.setCodeScanning(other.fullName, true);
    const { analyses } = findRepository(world.shop.github.world, other.fullName)!.codeScanning;
    const told = (count: number) =>
      until(
        `${count} analyses`,
        async () => [...analyses],
        (all) => all.length >= count,
      );
    const proposed = await other.propose({ [template]: network().replace('Key: Owner', 'Key: Team') });
    const [first] = await told(1);
    expect(first).toMatchObject({ ref: `refs/pull/${proposed.number}/merge`, tool: 'Slipway' });
    expect(first?.results).toContainEqual(
      expect.objectContaining({ rule: 'required-tags-owner', path: template, line: 6 }),
    );
    await proposed.push({ [template]: network() });
    await told(2);
    await proposed.land();
    const all = await told(3);
    expect(all.map(({ ref }) => ref)).toEqual([first?.ref, first?.ref, 'refs/heads/main']);
    for (const { results } of all.slice(1))
      expect(results.map(({ rule }) => rule)).not.toContain('required-tags-owner');
  });

  async function createPolicies() {
    const { github } = world.shop;
    await github.createRepository({
      owner: 'acme',
      name: 'policies',
      author: 'operator',
      files: {
        'README.md': '# Policies\n',
        [file]: policyText('no-default-vpc'),
        'drafts/new/broken.yaml': policyText('broken', 'after.CidrBlock =='),
      },
    });
    await github.addCollaborator('acme/policies', 'author', 'write');
    return findRepository(github.world, 'acme/policies')!;
  }
});
