import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Acme, startAcme } from './acme.ts';

let acme: Acme;
beforeAll(async () => {
  acme = await startAcme();
});
afterAll(() => acme.stop());

/** Does something, waits until the App was told of it, and answers what it was told. */
async function toldOf(action: () => Promise<unknown>): Promise<string[]> {
  await acme.github.settled();
  const before = acme.hooks.received.length;
  await action();
  await acme.github.settled();
  return acme.hooks.names().slice(before);
}

test('installing the App is announced with the repositories that it covers', async () => {
  await acme.github.settled();
  const [first] = acme.hooks.of('installation.created');
  expect(first?.payload.installation.id).toBe(acme.app.installationId);
  expect(first?.payload.repositories.map((one: { full_name: string }) => one.full_name)).toEqual([
    'acme/shop',
  ]);
});

test('each thing that happens is announced once, and in order', async () => {
  const { shop } = acme;
  const author = acme.as('author');
  const reviewer = acme.as('reviewer');
  const slipway = acme.asApp();
  expect(await toldOf(() => acme.write('topic', 'infra/shop.yaml', 'Resources: {}\n'))).toEqual([
    'push',
    'create',
    'check_suite.requested',
    'push',
    'check_suite.requested',
  ]);
  const number = 1;
  expect(
    await toldOf(() => author.pulls.create({ ...shop, title: 'Add a shop', head: 'topic', base: 'main' })),
  ).toEqual(['pull_request.opened']);
  expect(await toldOf(() => acme.write('topic', 'infra/shop.yaml', 'Resources: {a: b}\n'))).toEqual([
    'push',
    'pull_request.synchronize',
    'check_suite.requested',
  ]);
  expect(
    await toldOf(() => author.pulls.update({ ...shop, pull_number: number, title: 'Add the shop' })),
  ).toEqual(['pull_request.edited']);
  expect(
    await toldOf(() => reviewer.issues.addLabels({ ...shop, issue_number: number, labels: ['infra'] })),
  ).toEqual(['pull_request.labeled']);
  const { data: comment } = await author.issues.createComment({
    ...shop,
    issue_number: number,
    body: 'approve',
  });
  expect(
    await toldOf(() => author.issues.updateComment({ ...shop, comment_id: comment.id, body: 'approved' })),
  ).toEqual(['issue_comment.edited']);
  expect(await toldOf(() => author.issues.deleteComment({ ...shop, comment_id: comment.id }))).toEqual([
    'issue_comment.deleted',
  ]);
  const { data: review } = await reviewer.pulls.createReview({
    ...shop,
    pull_number: number,
    event: 'APPROVE',
  });
  expect(
    await toldOf(async () => {
      const where = { ...shop, pull_number: number, review_id: review.id };
      await reviewer.pulls.updateReview({ ...where, body: 'Good' });
      await reviewer.pulls.dismissReview({ ...where, message: 'Changed my mind' });
    }),
  ).toEqual(['pull_request_review.edited', 'pull_request_review.dismissed']);
  const { data: pull } = await author.pulls.get({ ...shop, pull_number: number });
  const { data: run } = await slipway.checks.create({
    ...shop,
    name: 'slipway/plan',
    head_sha: pull.head.sha,
  });
  expect(
    await toldOf(() =>
      slipway.checks.update({ ...shop, check_run_id: run.id, status: 'completed', conclusion: 'success' }),
    ),
  ).toEqual(['check_run.completed']);
  expect(await toldOf(() => author.checks.rerequestRun({ ...shop, check_run_id: run.id }))).toEqual([
    'check_run.rerequested',
  ]);
  expect(
    await toldOf(async () => {
      const { data } = await author.checks.listSuitesForRef({ ...shop, ref: pull.head.sha });
      await author.checks.rerequestSuite({ ...shop, check_suite_id: data.check_suites[0]!.id });
    }),
  ).toEqual(['check_suite.rerequested']);
  expect(
    await toldOf(async () => {
      const deployment = await slipway.repos.createDeployment({ ...shop, ref: 'topic', environment: 'prod' });
      const id = (deployment.data as { id: number }).id;
      await slipway.repos.createDeploymentStatus({ ...shop, deployment_id: id, state: 'in_progress' });
    }),
  ).toEqual(['deployment.created', 'deployment_status.created']);
  expect(
    await toldOf(async () => {
      await author.pulls.update({ ...shop, pull_number: number, state: 'closed' });
      await author.pulls.update({ ...shop, pull_number: number, state: 'open' });
    }),
  ).toEqual(['pull_request.closed', 'pull_request.reopened']);
  expect(await toldOf(() => author.pulls.merge({ ...shop, pull_number: number }))).toEqual([
    'pull_request.closed',
    'push',
    'check_suite.requested',
  ]);
  const merged = acme.hooks.of('pull_request.closed').at(-1)!.payload.pull_request;
  expect([merged.merged, merged.merged_by.login]).toEqual([true, 'author']);
  expect(await toldOf(() => author.git.deleteRef({ ...shop, ref: 'heads/topic' }))).toEqual([
    'push',
    'delete',
  ]);
});

test('issues, and pull requests that change their base, are announced with what was before', async () => {
  const { shop } = acme;
  const author = acme.as('author');
  expect(
    await toldOf(async () => {
      const { data } = await author.issues.create({ ...shop, title: 'Apply failed', labels: ['slipway'] });
      const where = { ...shop, issue_number: data.number };
      await author.issues.update({ ...where, title: 'Apply failed again', body: 'Why' });
      await author.issues.addLabels({ ...where, labels: ['red'] });
      await author.issues.removeLabel({ ...where, name: 'red' });
      await author.issues.update({ ...where, state: 'closed' });
      await author.issues.update({ ...where, state: 'open' });
    }),
  ).toEqual([
    'issues.opened',
    'issues.edited',
    'issues.labeled',
    'issues.unlabeled',
    'issues.closed',
    'issues.reopened',
  ]);
  await acme.write('release', 'release.md', 'text\n');
  const pull_number = await acme.propose('retargeted');
  expect(await toldOf(() => author.pulls.update({ ...shop, pull_number, base: 'release' }))).toEqual([
    'pull_request.edited',
  ]);
  expect(acme.hooks.of('pull_request.edited').at(-1)!.payload.changes.base.ref).toEqual({ from: 'main' });
});

test('people and teams are announced', async () => {
  const { github } = acme;
  expect(
    await toldOf(async () => {
      await github.createTeam('acme', 'infra', ['reviewer']);
      await github.createTeam('acme', 'network', ['stranger'], { parent: 'infra' });
      await github.grantTeam('acme/shop', 'acme', 'infra', 'maintain');
      await github.removeTeamMember('acme', 'network', 'stranger');
      await github.addCollaborator('acme/shop', 'stranger', 'admin');
    }),
  ).toEqual([
    'team.created',
    'membership.added',
    'team.created',
    'organization.member_added',
    'membership.added',
    'team.added_to_repository',
    'membership.removed',
    'member.added',
  ]);
});

test('new repositories, and a narrower choice of them, are announced to the installation', async () => {
  const { github, app } = acme;
  expect(
    await toldOf(() => github.createRepository({ owner: 'acme', name: 'blog', files: { a: 'b' } })),
  ).toEqual(['installation_repositories.added', 'repository.created']);
  expect(await toldOf(() => github.selectRepositories(app.installationId, ['acme/shop']))).toEqual([
    'installation_repositories.removed',
  ]);
  expect(
    await toldOf(async () => {
      await github.setSuspended(app.installationId, true);
      await github.setSuspended(app.installationId, false);
    }),
  ).toEqual(['installation.suspend', 'installation.unsuspend']);
});

test('every payload so far is signed and of the published shape', () => {
  expect(acme.hooks.received.flatMap((one) => one.complaints)).toEqual([]);
  expect(acme.hooks.received.filter((one) => !one.signed)).toEqual([]);
});
