import { afterEach, describe, expect, test } from 'vitest';
import {
  conclusions,
  createTestRepository,
  isApplied,
  isConcluded,
  isGreen,
  repliesOf,
  settings,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network, subnets } from './templates.ts';

const planned = 'plan success, policy success, approval action_required';
const unplanned = 'plan failure, policy failure, approval failure';

const expired = {
  match: { action: 'GetCallerIdentity' },
  fault: {
    kind: 'refuse',
    status: 403,
    code: 'ExpiredToken',
    message: 'The security token included in the request is expired',
  },
} as const;

await describeWithShop('when the outside is not as it should be', (world) => {
  const { shop, proxy } = world;
  const proposed = async (name: string, files?: Readonly<Record<string, string>>) => {
    const repository = await createTestRepository(world, name, files);
    const pull = await repository.propose({ [template]: network() });
    return { repository, pull };
  };

  // A test that fails must not leave its weather to the next one.
  afterEach(() => {
    proxy.rules.clear();
    shop.github.faults.clear();
  });

  describe('AWS credentials', () => {
    test('that have expired are named so, and the plan is made once they are renewed', async () => {
      const renew = proxy.rules.add(expired);
      const { pull } = await proposed('expired');
      const seen = await pull.planned();
      renew();
      expect(conclusions(seen)).toBe(unplanned);
      expect(seen.comment).toContain('The AWS credentials have expired');
      await pull.say('operator', '/slipway plan');
      await pull.until('a plan', (s) => isConcluded(s) && conclusions(s) === planned);
    });

    test('that expire before the merge apply nothing, and the retry applies what was approved', async () => {
      const { repository, pull } = await proposed('expired-later');
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      const renew = proxy.rules.add(expired);
      await pull.merge();
      const seen = await pull.until('a word about it', (s) => s.comment.includes('Nothing was applied.'));
      renew();
      expect(seen.comment).toContain('The AWS credentials have expired');
      expect(seen.comment).toContain('/slipway retry');
      expect(await world.cloud(repository.stack)).toEqual([]);
      await pull.say('operator', '/slipway retry');
      await pull.until('the comment to say Applied', isApplied);
      expect(await world.cloud(repository.stack)).toHaveLength(1);
    });

    test('for another account than the environment names are refused before anything is read', async () => {
      const before = proxy.count('Describe*');
      const { pull } = await proposed('wrong-account', {
        '.github/slipway.yml': settings.replace('dev:\n', 'dev:\n    account: "999999999999"\n'),
      });
      const seen = await pull.planned();
      expect(conclusions(seen)).toBe(unplanned);
      expect(seen.comment).toContain(
        'The credentials are for account 123456789012, and the environment is in account 999999999999',
      );
      expect(proxy.count('Describe*')).toBe(before);
    });

    test('that are missing are named so, with the ways to give them', async () => {
      await shop.restart({
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_SESSION_TOKEN: '',
        AWS_EC2_METADATA_DISABLED: 'true',
      });
      const { pull } = await proposed('no-credentials');
      const seen = await pull.planned();
      await shop.restart();
      expect(conclusions(seen)).toBe(unplanned);
      expect(seen.comment).toContain('There are no AWS credentials');
      expect(seen.comment).toContain('AWS\\_PROFILE');
      expect(seen.comment).toContain('then push a commit, or press Re-run of the check `slipway/plan`');
    });
  });

  describe('webhooks', () => {
    test('that come twice, all of them, plan, approve and apply once', async () => {
      shop.github.faults.onWebhooks({ times: 1_000 }, { kind: 'duplicate' });
      const { repository, pull } = await proposed('twice');
      await pull.land();
      await shop.github.settled();
      shop.github.faults.clear();
      await pull.until('three green checks', isGreen);
      expect(pull.look().planComments).toBe(1);
      // The plan, the approval and the progress: nothing was said twice.
      expect(pull.look().comments).toHaveLength(3);
      expect(repository.deployments()).toMatchObject([{ states: ['in_progress', 'success'] }]);
      expect(await world.cloud(repository.stack)).toHaveLength(1);
    });

    test('that change places show the newest commit all the same', async () => {
      const repository = await createTestRepository(world, 'reordered');
      shop.github.faults.onWebhooks({ event: 'pull_request.opened' }, { kind: 'reorder' });
      const pull = await repository.propose({ [template]: network() });
      await pull.push({ [template]: network('10.8.0.0/16') });
      const seen = await pull.planned();
      await shop.github.settled();
      expect(seen.comment).toContain('10.8.0.0/16');
      expect(pull.look().comments).toHaveLength(1);
    });

    test('of the merge that comes before the late one of the last push apply the merged commit once', async () => {
      const { repository, pull } = await proposed('late');
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      shop.github.faults.onWebhooks(
        { event: 'pull_request.synchronize' },
        { kind: 'delay', milliseconds: 3_000 },
      );
      await pull.push({ [template]: `# As it was.\n${network()}` });
      // Nobody has planned this commit, so only one who may pass the checks by can merge it.
      await pull.merge('operator');
      await pull.until('the comment to say Applied', isApplied);
      await shop.github.settled();
      expect(repository.deployments()).toMatchObject([{ states: ['in_progress', 'success'] }]);
      expect(pull.look().comment).toMatch(/Applied/);
    });

    test('of the merge that came while Slipway was down is asked for again when it is back', async () => {
      const { repository, pull } = await proposed('down');
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      await shop.slipway.kill();
      await pull.merge();
      await shop.github.settled();
      await shop.restart();
      await pull.until('the comment to say Applied', isApplied);
      expect(repository.deployments()).toMatchObject([{ states: ['in_progress', 'success'] }]);
    });

    test('of the merge that never came is sent again by GitHub: then it is applied', async () => {
      const { repository, pull } = await proposed('redelivered');
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      shop.github.faults.onWebhooks({ event: 'pull_request.closed' }, { kind: 'drop' });
      await pull.merge();
      const lost = await pull.until('the loss', () =>
        shop.github.deliveries.some((d) => d.status === 'lost'),
      );
      expect(lost.comment).not.toMatch(/Applied/);
      await shop.github.redeliver(shop.github.deliveries.find((d) => d.status === 'lost')!);
      await pull.until('the comment to say Applied', isApplied);
      expect(await world.cloud(repository.stack)).toHaveLength(1);
    });
  });

  describe("GitHub's API", () => {
    test.for([
      { what: 'answers 502 now and then', fault: { kind: 'server-error', status: 502 } },
      { what: 'cuts the connection now and then', fault: { kind: 'cut' } },
      { what: 'asks to wait a second', fault: { kind: 'secondary-rate-limit', retryAfterSeconds: 1 } },
    ] as const)('$what: the pull request is planned all the same', async ({ what, fault }) => {
      const { faults } = shop.github;
      for (const path of [/\/pulls\/\d+\/files$/, /^\/graphql$/, /\/check-runs$/])
        faults.onRequests({ path }, fault);
      const { pull } = await proposed(what.replaceAll(' ', '-'));
      const seen = await pull.planned();
      faults.clear();
      expect(conclusions(seen)).toBe(planned);
      expect(seen.comments).toHaveLength(1);
    });

    // The lists of pull requests are the sweep's, which looks once at a repository that is new.
    const isOfUpdate = (call: string) => !call.endsWith('/{repo}/pulls');

    test.for([1, 30, 2_500])('is called at most 12 times for %d changed files', async (count) => {
      // More than thirty templates would make it a test of something else.
      const isTemplate = (i: number) => i < 30;
      const pathOf = (i: number) => (isTemplate(i) ? `infra/shop-${i}.yaml` : `app/${i}.txt`);
      const paths = Array.from({ length: count }, (_, i) => pathOf(i));
      const old = Object.fromEntries(paths.filter((_, i) => !isTemplate(i)).map((path) => [path, 'text\n']));
      const repository = await createTestRepository(world, `calls-${count}`, old);
      // Most are removed, which is the cheapest to make.
      const files = Object.fromEntries(
        paths.map((path, i) => [path, isTemplate(i) ? subnets(i % 3) : undefined]),
      );
      shop.github.requests.clear();
      const pull = await repository.propose(files);
      await pull.planned();
      await pull.until(
        'the end',
        () => repository.calls().filter((c) => c.endsWith('/check-runs')).length >= 3,
      );
      const opened = repository.calls().filter(isOfUpdate);
      await pull.approve();
      await pull.until('the thumb, which is the last', (seen) =>
        seen.comments.some((c) => c.reactions.includes('+1')),
      );
      shop.github.requests.clear();
      await pull.push({ 'infra/shop-0.yaml': network('10.9.0.0/16') });
      await pull.until('the checks', (s) => isConcluded(s) && s.comment.includes('10.9.0.0/16'));
      const pushed = repository.calls().filter(isOfUpdate);
      console.info(`${count} files: ${opened.length} calls when opened, ${pushed.length} when pushed to`);
      expect(opened.length).toBeLessThanOrEqual(12);
      // One who has approved is looked up again, and whether the comment still stands as it was written.
      expect(pushed.length).toBeLessThanOrEqual(12);
    });
  });

  test('one that is commented by many is answered one by one, in order', async () => {
    const { pull } = await proposed('many');
    await pull.planned();
    for (let i = 0; i < 5; i++) await pull.say('operator', `/slipway wrong${i}`);
    const seen = await pull.until('five replies', (s) => repliesOf(s).length === 5);
    expect(repliesOf(seen).map((r) => r.match(/wrong\d/)?.[0])).toEqual(
      Array.from({ length: 5 }, (_, i) => `wrong${i}`),
    );
  });
});
