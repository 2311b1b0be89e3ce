import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readThePlan } from '../../src/sandbox/demo/watch.ts';
import { type RunningService, startService } from '../../src/sandbox/services/index.ts';
import { masked } from '../../src/secret/masker.ts';
import {
  canaries,
  canariesIn,
  canaryTemplate,
  encodings,
  everythingThatLeft,
  plantCanaries,
} from '../security/canaries.ts';
import {
  createTestRepository,
  isConcluded,
  isFailed,
  isGreen,
  repliesOf,
  settings,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { spanFile } from './spans.ts';
import { network } from './templates.ts';

await describeWithShop('Ways round the gate', (world) => {
  const { shop, proxy } = world;
  describe('An attacker with write permission', () => {
    test('rewrites the plan comment: the approval of that text does not count, and the comment is restored', async () => {
      const repository = await createTestRepository(world, 'rewritten');
      const pull = await repository.propose({ [template]: network() });
      const seen = await pull.planned();
      await readThePlan();
      const comment = { owner: 'acme', repo: 'rewritten', comment_id: seen.comments[0]!.id };
      await repository
        .as('author')
        .rest.issues.updateComment({ ...comment, body: '<!-- slipway:review -->\n## One tag changes' });
      await pull.say('reviewer', 'approve');
      const after = await pull.until('an answer', (s) => repliesOf(s).length > 0 || isGreen(s));
      expect(isGreen(after)).toBe(false);
      expect(repliesOf(after).join()).toMatch(/edited the plan comment|in the very second/);
      const restored = await pull.until('the plan again', (s) => !s.comment.includes('One tag changes'));
      expect(restored.comment).toContain('to create');
    });

    test('proposes the same commit to a side branch: the checks of the commit stay as they are', async () => {
      const repository = await createTestRepository(world, 'two-bases');
      const pull = await repository.propose({ [template]: network() }, { branch: 'same-head' });
      await pull.planned();
      await repository.push('side', { 'notes.md': 'nothing' });
      const { data } = await repository.as('author').rest.pulls.create({
        owner: 'acme',
        repo: 'two-bases',
        title: 'The same to another branch',
        head: 'same-head',
        base: 'side',
      });
      // The first job after it that is seen to be done says that it was handled, too.
      await pull.say('author', '/slipway help');
      await pull.until('the help', (s) => repliesOf(s).length > 0);
      expect(data.number).not.toBe(pull.number);
      expect(isGreen(pull.look())).toBe(false);
    });

    test('changes the settings beside a template: neither is planned, and a merge applies nothing', async () => {
      const repository = await createTestRepository(world, 'mixed');
      const pull = await repository.propose({
        [template]: network(),
        '.github/slipway.yml': `${settings}# a remark\n`,
      });
      const seen = await pull.until('the comment', (s) => s.comment !== '' && isConcluded(s));
      expect(seen.comment).toContain('changes the settings and templates at once');
      expect(isGreen(seen)).toBe(false);
      await repository.as('operator').rest.pulls.merge(repository.at(pull.number));
      await pull.until('the answer to the merge', (s) =>
        s.comment.includes('settings and templates at once'),
      );
      expect(await world.cloud(repository.stack)).toEqual([]);
    });

    test("pushes under an e-mail of nobody's and approves: who pushed does not count", async () => {
      const repository = await createTestRepository(world, 'second-hat');
      const pull = await repository.propose({ [template]: network() }, { branch: 'theirs' });
      await pull.planned();
      const { git } = repository.as('reviewer').rest;
      const here = { owner: 'acme', repo: 'second-hat' };
      const parent = pull.look().headSha;
      const content = network().replace('10.0.0.0/16', '10.9.0.0/16');
      const tree = await git.createTree({
        ...here,
        base_tree: parent,
        tree: [{ path: template, mode: '100644', type: 'blob', content }],
      });
      const nobody = { name: 'nobody', email: 'nobody@example.com' };
      const commit = await git.createCommit({
        ...here,
        message: 'Another range',
        tree: tree.data.sha,
        parents: [parent],
        author: nobody,
        committer: nobody,
      });
      await git.updateRef({ ...here, ref: 'heads/theirs', sha: commit.data.sha });
      await pull.until('the new plan', (s) => s.headSha === commit.data.sha && isConcluded(s));
      await readThePlan();
      await pull.say('reviewer', 'approve');
      const after = await pull.until('an answer', (s) => repliesOf(s).length > 0 || isGreen(s));
      expect(isGreen(after)).toBe(false);
      expect(repliesOf(after).join()).toContain('does not count');
    });
  });

  describe('Secrets, planted wherever Slipway takes them from and quoted by the cloud in every encoding', () => {
    let vault: RunningService;
    beforeAll(async () => {
      vault = await startService('vault');
      await plantCanaries(world, vault.environment);
    });
    afterAll(() => vault.stop());

    /** Plans, approves, merges, fails to apply and fails to plan; gives what has left the process, by sink. */
    const played = async (name: string, more: Readonly<Record<string, string>>) => {
      const spans = spanFile();
      const { NODE_OPTIONS = '' } = spans.environment;
      await shop.restart({
        ...vault.environment,
        ...spans.environment,
        ...more,
        NODE_OPTIONS: `${NODE_OPTIONS} ${more.NODE_OPTIONS ?? ''}`,
        LOG_LEVEL: 'trace',
      });
      try {
        const repository = await createTestRepository(world, name, {
          '.github/slipway.yml': `${settings.replace('dev:\n', 'dev:\n    secrets: ["secret/data/canary"]\n')}policies: []\n`,
        });
        const values = { 'infra/shop.dev.params.yaml': JSON.stringify({ Password: canaries.parameter }) };
        const quoted = Object.values(encodings).flatMap((encode) => Object.values(canaries).map(encode));
        const refuses = (action: string) =>
          proxy.rules.add({
            match: { action },
            fault: { kind: 'refuse', status: 400, code: 'InvalidParameterValue', message: quoted.join(' ') },
          });
        const pull = await repository.propose({ [template]: canaryTemplate, ...values });
        await pull.planned();
        await pull.approve();
        await pull.until('three green checks', isGreen);
        refuses('CreateSecurityGroup');
        await pull.merge();
        await pull.until('the comment to say that it failed', isFailed);
        refuses('DescribeVpcs');
        const next = await repository.propose({ [template]: canaryTemplate.replace('10.1.', '10.2.') });
        await next.planned();
        await vi.waitFor(() => expect(repository.issues()).toHaveLength(1), 20_000);
        const left = await everythingThatLeft(world, repository.fullName, spans.text());
        return Object.entries(left).map(([sink, text]) => ({ sink, text, found: canariesIn(text) }));
      } finally {
        proxy.rules.clear();
      }
    };

    test('are in nothing that leaves the process', async () => {
      const left = await played('canaries', {});
      for (const { text } of left) expect(text.length).toBeGreaterThan(20);
      expect(left.filter(({ found }) => found.length > 0).map(({ sink, found }) => [sink, found])).toEqual(
        [],
      );
      // What was quoted did get there, without them.
      const said = left.filter(({ text }) => text.includes(masked)).map(({ sink }) => sink);
      expect(said).toEqual(
        expect.arrayContaining(['the log', 'comments and issues', 'checks', 'the database']),
      );
    });

    test('are in all of these where the masker does nothing, so that the test before this one is one', async () => {
      const withoutMasker = new URL('../security/without-masker.ts', import.meta.url).href;
      const left = await played('unmasked', { NODE_OPTIONS: `--import ${withoutMasker}` });
      const found = Object.fromEntries(left.map(({ sink, found }) => [sink, found.length]));
      expect(found).toMatchObject({ 'the log': 4, 'comments and issues': 4, checks: 4, 'the database': 4 });
    });
  });
});
