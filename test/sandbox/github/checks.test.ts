import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requestCheckAction } from '../../../src/sandbox/github/actions/check-runs.ts';
import { person } from '../../../src/sandbox/github/model/actor.ts';
import { type Acme, refusalOf, startAcme } from './acme.ts';

let acme: Acme;
let head_sha: string;
let round = 0;
beforeAll(async () => {
  acme = await startAcme();
});
beforeEach(async () => {
  head_sha = await acme.write('checked', 'a.txt', `${round++}\n`);
});
afterAll(() => acme.stop());

const remark = (line: number) => ({
  path: 'infra/shop.yaml',
  start_line: line,
  end_line: line,
  annotation_level: 'failure' as const,
  message: `Line ${line}`,
});
const remarks = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => remark(from + index));

describe('a check run', () => {
  test('collects annotations over several calls of at most fifty', async () => {
    const slipway = acme.asApp();
    const output = { title: 'Policy', summary: 'Many', annotations: remarks(1, 50) };
    const { data: run } = await slipway.checks.create({
      ...acme.shop,
      name: 'slipway/policy',
      head_sha,
      output,
    });
    const where = { ...acme.shop, check_run_id: run.id };
    await slipway.checks.update({ ...where, output: { ...output, annotations: remarks(51, 10) } });
    expect((await slipway.checks.get(where)).data.output.annotations_count).toBe(60);
    const all = await slipway.paginate(slipway.checks.listAnnotations, where);
    expect(all.map(({ start_line }) => start_line)).toEqual(
      remarks(1, 60).map(({ start_line }) => start_line),
    );
    const tooMany = slipway.checks.update({ ...where, output: { ...output, annotations: remarks(1, 51) } });
    expect(await refusalOf(tooMany)).toMatchObject({
      status: 422,
      message: expect.stringContaining('No more than 50 items are allowed; 51 were supplied.'),
    });
  });

  test.each(['summary', 'text'])('has a %s of at most 65,535 characters', async (part) => {
    const slipway = acme.asApp();
    const create = (length: number) =>
      slipway.checks.create({
        ...acme.shop,
        name: 'long',
        head_sha,
        output: { title: 'Long', summary: 's', [part]: 'x'.repeat(length) },
      });
    expect((await create(65_535)).status).toBe(201);
    expect(await refusalOf(create(65_536))).toMatchObject({
      status: 422,
      message: expect.stringContaining('Only 65535 characters are allowed; 65536 were supplied.'),
    });
  });

  test('is made by Apps alone', async () => {
    const call = acme.as('author').checks.create({ ...acme.shop, name: 'mine', head_sha });
    expect((await refusalOf(call))?.status).toBe(403);
  });

  test('of a name that is there already replaces it in what people see', async () => {
    const slipway = acme.asApp();
    const run = (conclusion: 'failure' | 'success') =>
      slipway.checks.create({
        ...acme.shop,
        name: 'slipway/plan',
        head_sha,
        status: 'completed',
        conclusion,
      });
    await run('failure');
    await run('success');
    const list = async (filter: 'latest' | 'all') =>
      (await slipway.checks.listForRef({ ...acme.shop, ref: 'checked', filter })).data.check_runs.map(
        ({ conclusion }) => conclusion,
      );
    expect(await list('latest')).toEqual(['success']);
    expect(await list('all')).toEqual(['success', 'failure']);
  });

  test('goes back to running when it is started again', async () => {
    const slipway = acme.asApp();
    const { data } = await slipway.checks.create({
      ...acme.shop,
      name: 'again',
      head_sha,
      conclusion: 'success',
    });
    expect([data.status, data.completed_at]).toEqual(['completed', expect.any(String)]);
    const { data: again } = await slipway.checks.update({
      ...acme.shop,
      check_run_id: data.id,
      status: 'in_progress',
    });
    expect([again.status, again.conclusion, again.completed_at]).toEqual(['in_progress', null, null]);
  });
});

test('a button on a check run is heard by the App that put it there', async () => {
  const { github, shop, hooks } = acme;
  const action = { label: 'Plan again', description: 'Makes the plan again', identifier: 'replan' };
  const { data } = await acme
    .asApp()
    .checks.create({ ...shop, name: 'slipway/plan', head_sha, actions: [action] });
  const repository = github.world.repositories.get('acme/shop')!;
  const run = repository.checkRuns.find(({ id }) => id === data.id)!;
  const author = person(github.world.accounts.get('author')!);
  await requestCheckAction(github.world, repository, author, run, 'replan');
  await github.settled();
  const [heard] = hooks.of('check_run.requested_action');
  expect([heard?.payload.requested_action, heard?.complaints]).toEqual([{ identifier: 'replan' }, []]);
});

test('statuses of a commit combine to the worst of the newest of each context', async () => {
  const { shop } = acme;
  const author = acme.as('author');
  const combined = async () =>
    (await author.repos.getCombinedStatusForRef({ ...shop, ref: 'checked' })).data.state;
  expect(await combined()).toBe('pending');
  await author.repos.createCommitStatus({ ...shop, sha: head_sha, context: 'ci', state: 'failure' });
  expect(await combined()).toBe('failure');
  await author.repos.createCommitStatus({ ...shop, sha: head_sha, context: 'ci', state: 'success' });
  expect(await combined()).toBe('success');
});

test('a deployment that succeeds makes the one before it inactive', async () => {
  const { shop } = acme;
  const slipway = acme.asApp();
  const deploy = async () => {
    const made = await slipway.repos.createDeployment({
      ...shop,
      ref: 'checked',
      environment: 'prod',
      required_contexts: [],
      payload: { run: 'run-1' },
    });
    const { id } = made.data as { id: number };
    await slipway.repos.createDeploymentStatus({
      ...shop,
      deployment_id: id,
      state: 'success',
      log_url: 'http://localhost/',
    });
    return id;
  };
  const first = await deploy();
  await deploy();
  const { data } = await slipway.repos.listDeploymentStatuses({ ...shop, deployment_id: first });
  expect(data.map(({ state }) => state)).toEqual(['inactive', 'success']);
  const { data: list } = await slipway.repos.listDeployments({ ...shop, environment: 'prod' });
  expect([list.length, list[0]?.payload]).toEqual([2, { run: 'run-1' }]);
  const { data: environments } = await acme.as('author').repos.getAllEnvironments({ ...shop });
  expect(environments.environments?.map(({ name }) => name)).toEqual(['prod']);
});

test('a deployment of a commit with failing checks is refused unless told to look at none', async () => {
  const slipway = acme.asApp();
  await slipway.checks.create({ ...acme.shop, name: 'slipway/plan', head_sha, conclusion: 'failure' });
  const deploy = (contexts?: string[]) =>
    slipway.repos.createDeployment({
      ...acme.shop,
      ref: 'checked',
      ...(contexts ? { required_contexts: contexts } : {}),
    });
  expect((await refusalOf(deploy()))?.status).toBe(409);
  expect((await deploy([])).status).toBe(201);
});
