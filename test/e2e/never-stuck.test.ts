import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { readThePlan } from '../../src/sandbox/demo/watch.ts';
import type { WebhookMatch } from '../../src/sandbox/github/http/faults.ts';
import {
  conclusions,
  createTestRepository,
  isApplied,
  isConcluded,
  isGreen,
  openTestRepository,
  type PullRequest,
  repliesOf,
  type Seen,
  type TestRepository,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network } from './templates.ts';

const planned = 'plan success, policy success, approval action_required';
const isWaiting = (seen: Seen) => conclusions(seen) === planned;

// Sweeps are two seconds apart here: what GitHub sends again comes minutes later, and is not what helps.
await describeWithShop(
  'a pull request that GitHub forgets to tell of',
  (world) => {
    const { shop } = world;
    const { faults } = shop.github;
    afterEach(() => faults.clear());
    const lose = (event: string, times: WebhookMatch['times'] = 1) =>
      faults.onWebhooks({ event, times }, { kind: 'drop' });

    const approved = async (name: string) => {
      const repository = await createTestRepository(world, name);
      const pull = await repository.propose({ [template]: network() });
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      return { repository, pull };
    };

    describe('the sweep', () => {
      test('plans one whose opening was lost, and one that touches no template', async () => {
        const repository = await createTestRepository(world, 'lost-opened');
        lose('pull_request.opened', 2);
        const pull = await repository.propose({ [template]: network() });
        const other = await repository.propose({ 'README.md': '# Shop\n' });
        expect(conclusions(await pull.planned())).toBe(planned);
        expect(isGreen(await other.planned())).toBe(true);
      });

      test('plans a push that was lost; the approval of what was there before does not count for it', async () => {
        const { pull } = await approved('lost-push');
        lose('pull_request.synchronize');
        await pull.push({ [template]: network('10.2.0.0/16') });
        const seen = await pull.until(
          'the new plan',
          (s) => isConcluded(s) && s.comment.includes('10.2.0.0'),
        );
        expect(conclusions(seen)).toBe(planned);
      });

      test('applies a merge that was lost, once', async () => {
        const { repository, pull } = await approved('lost-merge');
        lose('pull_request.closed');
        await pull.merge();
        await pull.until('the comment to say Applied', isApplied);
        await sleep(3_000);
        expect(repository.deployments()).toMatchObject([{ states: ['in_progress', 'success'] }]);
        expect(pull.look().comments).toHaveLength(3);
      });

      test('tells of a merge of which it never saw the pull request that nothing is applied unapproved', async () => {
        const repository = await createTestRepository(world, 'lost-all');
        // What was merged before Slipway ever heard of the repository is none of its business.
        await (await repository.propose({ 'README.md': 'Known.\n' })).until('green checks', isGreen);
        lose('pull_request.opened');
        lose('pull_request.closed');
        const pull = await repository.propose({ [template]: network() });
        await pull.merge('operator');
        await pull.until('a word about it', (s) => s.comment.includes('It is merged'));
        expect(await world.cloud(repository.stack)).toEqual([]);
      });

      test('hears an approval that was lost, and takes one back whose deletion was', async () => {
        const repository = await createTestRepository(world, 'lost-approval');
        const pull = await repository.propose({ [template]: network() });
        await pull.planned();
        await readThePlan();
        lose('issue_comment.created');
        const comment = await pull.say('reviewer', 'approve');
        await pull.until('three green checks', isGreen);
        expect(pull.look().comments).toHaveLength(2);
        lose('issue_comment.deleted');
        const { issues } = repository.as('reviewer').rest;
        await issues.deleteComment({ ...repository.at(pull.number), comment_id: comment });
        // Something that changes the pull request for GitHub, as there always is in time.
        await pull.say('author', 'Anybody?');
        await pull.until('the approval to be gone', isWaiting);
      });

      test('hears a review that was lost; not a command, which meant then', async () => {
        const repository = await createTestRepository(world, 'lost-review');
        const pull = await repository.propose({ [template]: network() });
        await pull.planned();
        await readThePlan();
        lose('issue_comment.created');
        await pull.say('operator', '/slipway help');
        lose('pull_request_review.submitted');
        const { pulls } = repository.as('reviewer').rest;
        await pulls.createReview({ ...repository.at(pull.number), event: 'APPROVE' });
        await pull.until('three green checks', isGreen);
        expect(repliesOf(pull.look())).toEqual([]);
      });

      test('answers an approval that does not count once, however often it sweeps', async () => {
        const repository = await createTestRepository(world, 'lost-stranger');
        const pull = await repository.propose({ [template]: network() });
        await pull.planned();
        await readThePlan();
        lose('issue_comment.created');
        await pull.say('stranger', 'approve');
        await pull.until('a reply', (s) => repliesOf(s).length > 0);
        await sleep(5_000);
        expect(repliesOf(pull.look())).toHaveLength(1);
      });

      test('costs two calls that GitHub answers without a body where nothing has changed', async () => {
        const repository = await createTestRepository(world, 'quiet');
        const pull = await repository.propose({ 'README.md': '# Shop\n' });
        await pull.planned();
        const asked = () =>
          shop.github.requests.entries.filter((e) => e.path.startsWith(`/repos/${repository.fullName}/`));
        const unchanged = 'GET /repos/{owner}/{repo}/pulls 304';
        // Two sweeps, and nothing else.
        await pull.until('four of them in a row', () => {
          const latest = asked().slice(-4);
          return latest.length === 4 && latest.every((e) => `${e.route} ${e.status}` === unchanged);
        });
      });
    });

    describe('the button Re-run', () => {
      const rerun = async (repository: TestRepository, pull: PullRequest, sha = pull.look().headSha) => {
        const calls = repository.calls().length;
        const { checks } = repository.as('operator').rest;
        const on = { owner: 'acme', repo: repository.name };
        const { data } = await checks.listSuitesForRef({ ...on, ref: sha });
        await checks.rerequestSuite({ ...on, check_suite_id: data.check_suites[0]!.id });
        await pull.until('more checks', () => {
          const made = repository.calls().slice(calls);
          return made.filter((c) => c.startsWith('POST') && c.endsWith('/check-runs')).length >= 3;
        });
      };

      test('plans again', async () => {
        const repository = await createTestRepository(world, 'rerun');
        const pull = await repository.propose({ [template]: network() });
        await pull.planned();
        await rerun(repository, pull);
        expect(conclusions(pull.look())).toBe(planned);
      });

      test('does so for a fork, of whose pull request GitHub says nothing', async () => {
        const repository = await createTestRepository(world, 'rerun-fork');
        await shop.github.fork(repository.fullName, 'stranger');
        const fork = openTestRepository(world, 'stranger', repository.name);
        await fork.push('change', { 'README.md': '# Better\n' }, { as: 'stranger' });
        const { data } = await repository.as('stranger').rest.pulls.create({
          ...repository.at(0),
          title: 'A change from outside',
          head: 'stranger:change',
          base: 'main',
        });
        const pull = repository.follow(data.number);
        await pull.planned();
        await rerun(repository, pull);
        expect(isGreen(pull.look())).toBe(true);
      });

      test('on a commit that is not the newest any more concludes, and not as a success', async () => {
        const repository = await createTestRepository(world, 'rerun-old');
        const pull = await repository.propose({ 'README.md': '# Better\n' });
        const { headSha } = await pull.planned();
        await pull.push({ 'README.md': '# Best\n' });
        await pull.planned();
        await rerun(repository, pull, headSha);
        const { data } = await repository.as('operator').rest.checks.listForRef({
          owner: 'acme',
          repo: repository.name,
          ref: headSha,
        });
        expect(data.check_runs.map((run) => run.conclusion)).toEqual(['failure', 'failure', 'failure']);
        expect(isGreen(pull.look())).toBe(true);
      });
    });

    describe('when Slipway itself has trouble', () => {
      test('a process that is killed while planning is followed by one that plans', async () => {
        const repository = await createTestRepository(world, 'killed');
        faults.onRequests(
          { method: 'GET', path: /\/killed\/pulls\/\d+\/files/ },
          { kind: 'delay', milliseconds: 30_000 },
        );
        const pull = await repository.propose({ [template]: network() });
        await pull.until('planning to begin', () => repository.calls().length > 0);
        await shop.slipway.kill();
        // The first call may have been another one: what comes after it is not to wait.
        faults.clear();
        await shop.restart();
        expect(conclusions(await pull.planned())).toBe(planned);
        expect(pull.look().planComments).toBe(1);
      });
    });
  },
  { environment: { SLIPWAY_SWEEP_SECONDS: '2' } },
);
