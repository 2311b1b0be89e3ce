import { describe, expect, test } from 'vitest';
import { readThePlan } from '../../src/sandbox/demo/watch.ts';
import { runSlipway } from '../cli/run-slipway.ts';
import { makeKey } from '../db/keys.ts';
import {
  conclusions,
  createTestRepository,
  installBot,
  isConcluded,
  isGreen,
  openTestRepository,
  repliesOf,
  type Seen,
  settings,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network } from './templates.ts';

const approvalOf = (seen: Seen) => seen.checks['slipway/approval'];

const encryptionKey = makeKey();

await describeWithShop(
  'the gate',
  (world) => {
    const proposed = async (name: string) => {
      const repository = await createTestRepository(world, name);
      const pull = await repository.propose({ [template]: network() });
      await pull.planned();
      return { repository, pull };
    };

    describe.concurrent('who approves', () => {
      test('the data key changes while all of these go on, which none of them notices', async () => {
        const { pull } = await proposed('rotated');
        const environment = { DATABASE_URL: world.databaseUrl, SLIPWAY_ENCRYPTION_KEY: encryptionKey };
        const json = async (verb: string) =>
          JSON.parse((await runSlipway('.', environment, 'encryption', verb, '--json')).out);
        const { dataKey, encrypted } = await json('rotate');
        expect(encrypted).toBeGreaterThan(5);
        await pull.approve();
        await pull.until('three green checks', isGreen);
        const { dataKeys, readable } = await json('status');
        expect(readable).toBe(0);
        expect(dataKeys.at(-1)).toMatchObject({ id: dataKey, isCurrent: true });
        expect(world.shop.slipway.log()).not.toMatch(/encryption-(key|broken)/);
      });

      test('a comment of one who may turns the check green, and is answered with a thumb alone', async () => {
        const { pull } = await proposed('by-comment');
        expect(conclusions(pull.look())).toBe('plan success, policy success, approval action_required');
        await pull.approve();
        const seen = await pull.until('three green checks', isGreen);
        expect(approvalOf(seen)?.title).toBe('Approved by @reviewer');
        await pull.until('a thumb', (s) => s.comments[1]?.reactions[0] === '+1');
        expect(pull.look().comments).toHaveLength(2);
      });

      test('a review that approves counts; one that requests changes takes it back, until it is dismissed', async () => {
        const { repository, pull } = await proposed('by-review');
        const { pulls } = repository.as('reviewer').rest;
        await readThePlan();
        await pulls.createReview({ ...repository.at(pull.number), event: 'APPROVE' });
        await pull.until('three green checks', isGreen);
        const change = { event: 'REQUEST_CHANGES', body: 'Not like this.' } as const;
        const { data } = await pulls.createReview({ ...repository.at(pull.number), ...change });
        const seen = await pull.until('the approval to be gone', (s) => !isGreen(s));
        expect(approvalOf(seen)?.text).toContain('requested changes after approving');
        await repository.as('operator').rest.pulls.dismissReview({
          ...repository.at(pull.number),
          review_id: data.id,
          message: 'Settled.',
        });
        await pull.until('three green checks again', isGreen);
      });

      test.for([
        { who: 'author', reason: 'opened the pull request, and somebody else has to approve it' },
        { who: 'stranger', reason: 'is not among those who may approve dev' },
      ] as const)('$who approves: it does not count, and they are told why', async ({ who, reason }) => {
        const { pull } = await proposed(`not-by-${who}`);
        await pull.approve(who);
        const seen = await pull.until('a reply', (s) => repliesOf(s).length > 0);
        expect(repliesOf(seen)[0]).toMatch(/^This approval does not count/);
        expect(repliesOf(seen)[0]).toContain(reason);
        expect(seen.comment).toContain(reason);
        expect(approvalOf(seen)?.conclusion).toBe('action_required');
      });

      test('one who has a commit in the pull request approves: it does not count', async () => {
        const { pull } = await proposed('not-by-committer');
        await pull.push({ 'README.md': '# Mended\n' }, { as: 'reviewer' });
        await pull.planned();
        await pull.approve();
        const seen = await pull.until('a reply', (s) => repliesOf(s).length > 0);
        expect(repliesOf(seen)[0]).toContain('has commits in the pull request');
        expect(approvalOf(seen)?.conclusion).toBe('action_required');
      });

      test('a bot approves: the comment says why it does not count, and the bot gets no reply', async () => {
        const { repository, pull } = await proposed('not-by-bot');
        const bot = await installBot(world, 'helpful');
        await readThePlan();
        await bot.rest.issues.createComment({ ...repository.at(pull.number), body: 'approve' });
        const seen = await pull.until('a reason', (s) => s.comment.includes('is a bot'));
        expect(approvalOf(seen)?.conclusion).toBe('action_required');
        expect(repliesOf(seen)).toEqual([]);
      });
    });

    describe.concurrent('what becomes of an approval', () => {
      const approved = async (name: string) => {
        const { repository, pull } = await proposed(name);
        await readThePlan();
        const comment = await pull.say('reviewer', 'approve');
        await pull.until('three green checks', isGreen);
        return { repository, pull, comment };
      };

      test('it is withdrawn when its comment is edited, and the comment says so', async () => {
        const { repository, pull, comment } = await approved('edited');
        const edit = {
          ...repository.at(pull.number),
          comment_id: comment,
          body: 'approve, but not on a Friday',
        };
        await repository.as('reviewer').rest.issues.updateComment(edit);
        const seen = await pull.until('the approval to be gone', (s) => !isGreen(s));
        expect(seen.comment).toContain('edited the comment after writing it; a new comment counts');
      });

      test('it is withdrawn when its comment is deleted', async () => {
        const { repository, pull, comment } = await approved('deleted');
        const gone = { ...repository.at(pull.number), comment_id: comment };
        await repository.as('reviewer').rest.issues.deleteComment(gone);
        const seen = await pull.until('the approval to be gone', (s) => !isGreen(s));
        expect(approvalOf(seen)?.conclusion).toBe('action_required');
      });

      test('it is dropped by a push that changes the plan, which the comment says with the difference', async () => {
        const { pull } = await approved('dropped');
        await pull.push({ [template]: network('10.2.0.0/16') });
        const seen = await pull.planned();
        expect(conclusions(seen)).toBe('plan success, policy success, approval action_required');
        expect(seen.comment).toContain('approved a plan that has changed since');
        expect(seen.comment).toContain('10.2.0.0/16');
        expect(seen.planComments).toBe(1);
      });

      test('it is kept by a push that changes everything but the plan', async () => {
        const { pull } = await approved('kept');
        await pull.push({ [template]: `# The network of the shop.\n${network()}`, 'README.md': '# Shop\n' });
        const seen = await pull.planned();
        expect(isGreen(seen)).toBe(true);
        expect(approvalOf(seen)?.title).toBe('Approved by @reviewer');
      });
    });

    describe.concurrent('what comments ask for', () => {
      test.for([
        { said: '/slipway plna', reply: /Did you mean `\/slipway plan`\?/ },
        { said: '/slipway approve prdo', reply: /There is no environment `prdo`/ },
        { said: '/slipway apply', reply: /this pull request is not merged/ },
        { said: '/slipway help', reply: /\| `\/slipway plan` \|/ },
      ])('the operator says $said and is answered', async ({ said, reply }) => {
        const { pull } = await proposed(`says-${said.replaceAll(/\W+/g, '-')}`);
        await pull.say('operator', said);
        const seen = await pull.until('a reply', (s) => repliesOf(s).length > 0);
        expect(repliesOf(seen)[0]).toMatch(reply);
      });

      test('one without the right to command is told who may', async () => {
        const { pull } = await proposed('no-right');
        await pull.say('author', '/slipway plan');
        const seen = await pull.until('a reply', (s) => repliesOf(s).length > 0);
        expect(repliesOf(seen)[0]).toContain('may not give commands here');
        expect(repliesOf(seen)[0]).toContain('acme/infra');
      });

      test('talk about commands is not a command', async () => {
        const { pull } = await proposed('talk');
        await readThePlan();
        for (const body of ['> approve', 'I would approve this.', '```\n/slipway apply\n```']) {
          await pull.say('reviewer', body);
        }
        await pull.say('operator', '/slipway help');
        const seen = await pull.until('the help', (s) => repliesOf(s).length > 0);
        expect(repliesOf(seen)).toHaveLength(1);
        expect(approvalOf(seen)?.conclusion).toBe('action_required');
      });

      test('a comment on a closed pull request is told to reopen it; reopening plans it again', async () => {
        const { repository, pull } = await proposed('closed');
        await pull.close();
        await readThePlan();
        await pull.say('reviewer', 'approve');
        const seen = await pull.until('a reply', (s) => repliesOf(s).length > 0);
        expect(repliesOf(seen)[0]).toContain('this pull request is closed. Reopen it first.');
        expect(isConcluded(seen)).toBe(true);
        const calls = repository.calls().length;
        await repository.as('author').rest.pulls.update({ ...repository.at(pull.number), state: 'open' });
        await pull.until('more calls', () => repository.calls().length > calls + 8);
        expect(conclusions(pull.look())).toBe('plan success, policy success, approval action_required');
      });
    });

    describe.concurrent('pull requests of other kinds', () => {
      test('one that touches no template gets three green checks and no comment', async () => {
        const repository = await createTestRepository(world, 'no-template');
        const pull = await repository.propose({
          'src/server.js': 'serve();\n',
          'infra/notes.md': '# Notes\n',
        });
        const seen = await pull.planned();
        expect(isGreen(seen)).toBe(true);
        expect(seen.checks['slipway/plan']?.title).toBe('No template is touched');
        expect(seen.comments).toEqual([]);
      });

      test('one from a fork is checked, and planned only once an operator who has read it asks', async () => {
        const repository = await createTestRepository(world, 'forked');
        const { github } = world.shop;
        await github.fork(repository.fullName, 'stranger');
        const fork = openTestRepository(world, 'stranger', repository.name);
        await fork.push('change', { [template]: network() }, { as: 'stranger' });
        const { data } = await repository.as('stranger').rest.pulls.create({
          ...repository.at(0),
          title: 'A change from outside',
          head: 'stranger:change',
          base: 'main',
        });
        const pull = repository.follow(data.number);
        const refused = await pull.planned();
        expect(refused.checks['slipway/plan']?.conclusion).toBe('action_required');
        expect(refused.comment).toContain('planned only when an operator asks');
        await readThePlan();
        await pull.say('operator', '/slipway plan');
        // The checks are three calls, so one is to be seen before the others.
        const planned = 'plan success, policy success, approval action_required';
        const seen = await pull.until('a plan', (s) => conclusions(s) === planned);
        // A commit that the operator has not seen needs their word again.
        const untagged = network().replace('Key: Owner', 'Key: Team');
        await fork.push('change', { [template]: untagged }, { as: 'stranger' });
        await pull.until('the new commit to be refused', (s) => s.headSha !== seen.headSha && isConcluded(s));
        // What policies find in the text alone is told all the same, on its line.
        expect(conclusions(pull.look())).toBe(
          'plan action_required, policy failure, approval action_required',
        );
        expect(pull.look().checks['slipway/policy']?.annotations[0]?.path).toBe(template);
        expect(pull.look().comment).toContain('required-tags-owner');
      });

      test('one that is aimed at another branch gets no checks, and is never applied', async () => {
        const repository = await createTestRepository(world, 'elsewhere');
        await repository.push('release', { 'README.md': '# Release\n' }, { as: 'operator' });
        const pull = await repository.propose({ [template]: network() }, { base: 'release' });
        await pull.merge();
        // The next thing on the same repository is handled after it.
        await (await repository.propose({ [template]: network('10.4.0.0/16') })).planned();
        expect(pull.look().checks).toEqual({});
        expect(repository.deployments()).toEqual([]);
        expect(await world.cloud(repository.stack)).toEqual([]);
      });

      test('settings that were tightened since it was opened hold for it', async () => {
        const { repository, pull } = await proposed('tightened');
        await pull.approve();
        await pull.until('three green checks', isGreen);
        await repository.push(
          'main',
          { '.github/slipway.yml': settings.replace('count: 1', 'count: 2') },
          { as: 'operator' },
        );
        await pull.say('operator', '/slipway plan');
        const seen = await pull.until('one more to be asked for', (s) => !isGreen(s) && isConcluded(s));
        expect(seen.comment).toContain('Waiting for 1 of `@acme/infra`');
      });
    });

    // One after the other: the faults are the whole world's.
    describe('webhooks that come otherwise than they should', () => {
      test('it does not count for a plan that was shown only after it', async () => {
        const { repository, pull } = await proposed('too-soon');
        // The push's webhook comes late, so the approval is heard while the old plan is shown.
        world.shop.github.faults.onWebhooks(
          { event: 'pull_request.synchronize' },
          { kind: 'delay', milliseconds: 1_500 },
        );
        await pull.push({ [template]: network('10.3.0.0/16') });
        await pull.say('operator', 'approve');
        const seen = await pull.until('the new plan', (s) => s.comment.includes('10.3.0.0/16'));
        expect(approvalOf(seen)?.conclusion).not.toBe('success');
        expect(repository.deployments()).toEqual([]);
      });
    });
  },
  { environment: { SLIPWAY_ENCRYPTION_KEY: encryptionKey } },
);
