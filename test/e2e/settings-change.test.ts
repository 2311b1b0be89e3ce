import { describe, expect, test } from 'vitest';
import { until } from '../../src/sandbox/demo/watch.ts';
import { runSlipway } from '../cli/run-slipway.ts';
import { audited } from './audited.ts';
import { conclusions, createTestRepository, isGreen, settings, template } from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network } from './templates.ts';

const file = '.github/slipway.yml';
const waiting = 'plan success, policy success, approval action_required';

await describeWithShop('a pull request that changes the settings', (world) => {
  describe.concurrent('and nothing else', () => {
    test('says what would be asked for and left alone, waits for those whom the rules of today name, and then holds', async () => {
      const repository = await createTestRepository(world, 'explained');
      await (await repository.propose({ [template]: network() })).land();
      const next = settings
        .replace('count: 1', 'count: 2')
        .replace('infra/*.yaml', 'stacks/*.yaml')
        .replace('operators:', '  "prod": { approvals: [{ from: ["@acme/security"] }] }\noperators:');
      const pull = await repository.propose({ [file]: next });
      const seen = await pull.planned();
      expect(conclusions(seen)).toBe(waiting);
      expect(seen.comment).toContain('Waiting for approval: the settings change');
      expect(seen.comment).toContain('An approval by 1 of `@acme/infra`');
      expect(seen.comment).toContain('dev will need 2 of `@acme/infra` instead of 1');
      expect(seen.comment).toContain('The environment prod is added');
      expect(seen.comment).toMatch(/No pull request will change these stacks any more.*infra\/shop\.yaml/);
      expect(seen.checks['slipway/plan']?.text).toContain('The environment prod is added');
      await pull.approve('author');
      await pull.until('the own approval refused', (s) => s.comment.includes('opened the pull request'));
      await pull.approve('reviewer');
      await pull.until('three green checks', isGreen);
      await pull.push({ [file]: next.replace('"@acme/security"', '"@author"') });
      const other = await pull.planned();
      expect(conclusions(other)).toBe(waiting);
      expect(other.comment).toContain('approved settings that have changed since');
      await pull.push({ [file]: `# who approves what\n${next}` });
      await pull.until('what was approved is green again, whatever its comments', isGreen);
      const open = await repository.propose({ [template]: network('10.3.0.0/16') });
      await open.planned();
      await pull.merge();
      await pull.until('it holds', (s) => s.comment.includes('Applied: the settings have changed'));
      await open.until('others are judged by it', (s) => s.comment.includes('No template is touched'));
      const after = await repository.propose({ 'stacks/web.yaml': network('10.2.0.0/16') });
      expect((await after.planned()).comment).toContain('Waiting for 2 of `@acme/infra`');
    });

    test('with a mistake: the plan check fails on its line, and the pull requests of today are judged as before', async () => {
      const repository = await createTestRepository(world, 'mistaken');
      const wrong = settings.replace('approvals:', 'aprovals:');
      const seen = await (await repository.propose({ [file]: wrong })).planned();
      expect(conclusions(seen)).toBe('plan failure, policy failure, approval failure');
      expect(seen.checks['slipway/plan']?.annotations[0]).toMatchObject({
        path: file,
        startLine: wrong.split('\n').findIndex((line) => line.includes('aprovals')) + 1,
      });
      const other = await repository.propose({ [template]: network() });
      expect(conclusions(await other.planned())).toBe(
        'plan success, policy success, approval action_required',
      );
    });

    test('pushed past every pull request: the audit record has that they hold, and who pushed', async () => {
      const repository = await createTestRepository(world, 'pushed-past');
      const pull = await repository.propose({ [template]: network() });
      await pull.planned();
      await repository.push('main', { [file]: settings.replace('count: 1', 'count: 2') }, { as: 'operator' });
      const inForce = async () => {
        const entries = await audited(world, '"acme/pushed-past"');
        return entries.filter((e) => e.event === 'settings-in-force');
      };
      const [acted, pushed] = await until('the entry of the push', inForce, (all) => all.length === 2);
      expect(acted?.webhook).toMatchObject({ event: 'pull_request', sender: 'author' });
      expect(pushed?.webhook).toMatchObject({ event: 'push', sender: 'operator' });
      expect(pushed?.digest).not.toBe(acted?.digest);
    });

    test('merged before it was approved: holds, which is said', async () => {
      const repository = await createTestRepository(world, 'past-the-gate');
      const pull = await repository.propose({ [file]: settings.replace('count: 1', 'count: 2') });
      await pull.planned();
      await pull.merge('operator');
      const { comment } = await pull.until('it holds', (s) => s.comment.includes('merged before'));
      expect(comment).toContain('Revert the merge if they are not what was wanted');
    });

    test('merged as something else than was approved: is no approval of that', async () => {
      const repository = await createTestRepository(world, 'swapped');
      const pull = await repository.propose({ [file]: settings.replace('count: 1', 'count: 2') });
      await pull.planned();
      await pull.approve('reviewer');
      await pull.until('three green checks', isGreen);
      const loose = settings.replace('"@acme/infra"]\n        count: 1', '"@author"]\n        count: 1');
      await pull.push({ [file]: loose });
      await pull.merge('operator');
      await pull.until('it holds', (s) => s.comment.includes('were merged before they were approved'));
      const audit = await runSlipway('.', { DATABASE_URL: world.databaseUrl }, 'audit', 'export');
      const entries = audit.out.split('\n').filter((line) => line.includes(repository.fullName));
      const merges = entries
        .map((line) => JSON.parse(line))
        .filter(({ event }) => event === 'settings-merged');
      expect(merges).toEqual([expect.objectContaining({ approved: false })]);
    });

    test('of which another proposes the very commit: whoever made it does not approve it there', async () => {
      const repository = await createTestRepository(world, 'second-account');
      const pull = await repository.propose(
        { [file]: settings.replace('count: 1', 'count: 2') },
        { branch: 'one' },
      );
      await pull.planned();
      const head = pull.look().headSha;
      const { rest } = repository.as('reviewer');
      const here = { owner: 'acme', repo: repository.name };
      await rest.git.createRef({ ...here, ref: 'refs/heads/two', sha: head });
      const { data } = await rest.pulls.create({ ...here, title: 'two', head: 'two', base: 'main' });
      const other = repository.follow(data.number, 'two');
      await other.until('its comment', (s) => s.comment.includes('Waiting for approval'));
      await other.approve('author');
      await other.until('the refusal', (s) => s.comment.includes('has commits in the pull request'));
      expect(conclusions(pull.look())).toBe(waiting);
    });

    test('so that what is wrong on the base branch is right again waits for somebody who may write', async () => {
      const broken = settings.replace('operators:', 'operator:');
      const repository = await createTestRepository(world, 'mended', { [file]: broken });
      const pull = await repository.propose({ [file]: settings });
      const seen = await pull.planned();
      expect(conclusions(seen)).toBe(waiting);
      expect(seen.comment).toContain('can be read again');
      await pull.approve('reviewer');
      await pull.until('three green checks', isGreen);
    });

    test('and a file besides does not pass while the settings are broken: nobody knows whether that is a template', async () => {
      const broken = settings.replace('operators:', 'operator:');
      const repository = await createTestRepository(world, 'mended-besides', { [file]: broken });
      const pull = await repository.propose({ [file]: settings, [template]: network() });
      expect(conclusions(await pull.planned())).toBe('plan failure, policy failure, approval failure');
    });
  });

  describe.concurrent('by what no list of its files shows', () => {
    const tight = settings.replace('count: 1', 'count: 3');
    const past = '2025-01-01T00:00:00Z';

    async function onMain(name: string) {
      const repository = await createTestRepository(world, name);
      const { rest } = repository.as('author');
      const here = { owner: 'acme', repo: name };
      const first = (await rest.git.getRef({ ...here, ref: 'heads/main' })).data.object.sha;
      const commit = async (parents: string[], files: Readonly<Record<string, string>>, date = past) => {
        const tree = Object.entries(files).map(([path, content]) => ({
          path,
          mode: '100644' as const,
          type: 'blob' as const,
          content,
        }));
        const made = await rest.git.createTree({ ...here, base_tree: parents.at(-1)!, tree });
        const author = { name: 'author', email: 'author@example.com', date };
        const { data } = await rest.git.createCommit({
          ...here,
          message: 'x',
          tree: made.data.sha,
          parents,
          author,
          committer: author,
        });
        return data.sha;
      };
      const propose = async (branch: string, sha: string) => {
        await rest.git.createRef({ ...here, ref: `refs/heads/${branch}`, sha });
        const { data } = await rest.pulls.create({ ...here, title: branch, head: branch, base: 'main' });
        return repository.follow(data.number, branch);
      };
      const toMain = async (sha: string) => {
        await repository.as('operator').rest.git.updateRef({ ...here, ref: 'heads/main', sha });
        return sha;
      };
      const listed = async (number: number) =>
        (await rest.pulls.listFiles({ ...here, pull_number: number })).data.map((f) => f.filename);
      return { first, commit, propose, toMain, listed };
    }

    test('a rebase that would bring old ones back: does not pass', async () => {
      const { first, commit, propose, toMain, listed } = await onMain('by-rebase');
      await toMain(await commit([first], { [file]: tight }));
      const same = await commit([first], { [file]: tight }, '2025-01-02T00:00:00Z');
      const pull = await propose('back', await commit([same], { [file]: settings, 'README.md': 'hello\n' }));
      expect(await listed(pull.number)).toEqual(['README.md']);
      const seen = await pull.planned();
      expect(conclusions(seen)).toBe('plan failure, policy failure, approval failure');
      expect(seen.checks['slipway/plan']?.text).toContain('Merged by a rebase');
    });

    test('a branch that is only behind passes', async () => {
      const { first, commit, propose, toMain } = await onMain('behind');
      await toMain(await commit([first], { [file]: tight }));
      const pull = await propose('behind', await commit([first], { 'README.md': 'hello\n' }));
      await pull.until('three green checks', isGreen);
    });

    test('a merge of two histories that would bring old ones back: waits for those whom they concern', async () => {
      const { first, commit, propose, toMain, listed } = await onMain('by-two-bases');
      const harmless = await commit([first], { 'a.md': 'a\n' }, '2035-01-01T00:00:00Z');
      const tightened = await commit([first], { [file]: tight });
      await toMain(tightened);
      const one = await propose('harmless', harmless);
      await one.until('three green checks', isGreen);
      await one.merge();
      const both = await commit([harmless, tightened], { 'a.md': 'a\n' });
      const pull = await propose('back', await commit([both], { [file]: settings, 'b.md': 'b\n' }));
      expect(await listed(pull.number)).toEqual(['b.md']);
      const seen = await pull.planned();
      expect(conclusions(seen)).toBe(waiting);
    });
  });
});
