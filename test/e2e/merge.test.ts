import { describe, expect, test } from 'vitest';
import { until } from '../../src/sandbox/demo/watch.ts';
import { audited } from './audited.ts';
import {
  createTestRepository,
  isApplied,
  isFailed,
  isGreen,
  type PullRequest,
  type Seen,
  settings,
  type TestRepository,
  template,
} from './repository.ts';
import { describeWithShop, noCapacity } from './shop.ts';
import { type Span, spanFile } from './spans.ts';
import { network, server, subnets } from './templates.ts';

const traces = spanFile();
const canary = 'canary-4711-of-the-shop';

await describeWithShop(
  'a merge',
  (world) => {
    const kinds = async (stack: string) => (await world.cloud(stack)).map((r) => r.kind).sort();
    const states = (repository: TestRepository) =>
      Object.fromEntries(repository.deployments().map((d) => [d.environment, d.states]));

    describe.concurrent('of what is approved or not', () => {
      test('without approval, by an administrator, applies nothing; the approval afterwards does', async () => {
        const repository = await createTestRepository(world, 'unapproved');
        const pull = await repository.propose({ [template]: network() });
        await pull.planned();
        await expect(pull.merge('author')).rejects.toThrow(/required status check/i);
        await pull.merge('operator');
        const waiting = await pull.until('a word about it', (s) => s.comment.includes('It is merged'));
        expect(waiting.comment).toContain('nothing is applied before that');
        expect(await kinds(repository.stack)).toEqual([]);
        expect(states(repository)).toEqual({});
        await pull.approve();
        await pull.until('the comment to say Applied', isApplied);
        expect(await kinds(repository.stack)).toEqual(['vpc']);
        expect(states(repository)).toEqual({ dev: ['in_progress', 'success'] });
        await pull.say('operator', '/slipway apply');
        await pull.until('a refusal', (s) =>
          s.comments.some((c) => c.body.includes('is merged and applied')),
        );
      });

      test('is one trace from its webhook to the last resource, and its log and audit name who and what', async () => {
        const repository = await createTestRepository(world, 'traced');
        const pull = await repository.propose({
          [template]: `Parameters: { Password: { Type: String, NoEcho: true } }\n${parameterIn(network())}`,
          'infra/shop.dev.params.yaml': `Password: ${canary}\n`,
        });
        await pull.planned();
        await pull.approve();
        await pull.until('three green checks', isGreen);
        await pull.merge('author');
        await pull.until('the comment to say Applied', isApplied);

        const isOwn = (s: Span) => s.attributes['vcs.repository.name'] === 'traced';
        const named = (name: string) => traces.spans().filter((s) => isOwn(s) && s.name === name);
        // The comment says it before the job has ended, and its span.
        const ended = async () => named('process merge');
        const [{ traceId, links }] = (await until('the end', ended, (all) => all.length === 1)) as [Span];
        const merge = traces.spans().filter((s) => s.traceId === traceId);
        const byId = new Map(merge.map((s) => [s.spanId, s]));
        // One root, and everything else hangs on it.
        const [root, ...others] = merge.filter((s) => !byId.has(s.parent ?? ''));
        expect([root?.name, others]).toEqual(['webhook pull_request', []]);
        const ways = (name: string) =>
          merge
            .filter((s) => s.name === name)
            .map((s) => {
              const way: string[] = [];
              for (let at = byId.get(s.parent ?? ''); at; at = byId.get(at.parent ?? ''))
                way.unshift(at.name);
              return way.join(' > ');
            });
        const applying = 'webhook pull_request > send merge > process merge > apply';
        expect(ways('EC2.CreateVpc')).toEqual([`${applying} > create AWS::EC2::VPC`]);
        expect(ways('SSM.PutParameter')).toEqual([`${applying} > create AWS::SSM::Parameter`]);
        expect(ways('gate')).toEqual([applying]);
        expect(ways('plan')).toEqual([applying]);
        expect(ways('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}').length).toBeGreaterThan(0);
        const last = merge.filter((s) => s.name.startsWith('create ')).at(-1)!;
        expect(last.attributes).toMatchObject({ 'slipway.resource.logical_id': 'Password1' });
        expect(named('process review').map((s) => s.traceId)).toContain(links[0]);
        // By name, and never by address.
        const calls = merge.filter((s) => s.attributes['peer.service'] === 'github').map((s) => s.name);
        expect(calls).toContain('POST /graphql');
        expect(calls).toContain('GET /repos/{owner}/{repo}/pulls/{name}/files');
        expect(calls.filter((name) => name.includes('traced') || name.includes('http'))).toEqual([]);
        for (const secret of [canary, 'ghs_', 'eyJ', world.shop.aws.AWS_SECRET_ACCESS_KEY!, 'Bearer'])
          expect(traces.text()).not.toContain(secret);

        const lines = world.shop.slipway
          .log()
          .split('\n')
          .filter((line) => line.startsWith('{') && line.includes(repository.stack))
          .map((line) => JSON.parse(line) as Record<string, unknown>);
        const { delivery, run } = lines.find((l) => l.msg === 'create Vpc done') ?? {};
        const ofRun = lines.filter((l) => String(l.msg).startsWith('create '));
        expect(ofRun.map((l) => l.msg).sort()).toEqual([
          'create Password1 done',
          'create Password1 started',
          'create Vpc done',
          'create Vpc started',
        ]);
        for (const line of ofRun)
          expect(line).toMatchObject({
            ...{
              delivery,
              run,
              trace_id: traceId,
              stack: repository.stack,
              kind: 'merge',
              job: expect.any(String),
            },
            ...{ repository: repository.fullName, pullRequest: pull.number },
          });
        expect(byId.get(root!.spanId)?.attributes).toMatchObject({ 'slipway.delivery': delivery });
        expect(world.shop.slipway.log()).not.toContain(canary);

        const [begun] = await audited(world, `"${repository.stack}"`);
        expect(begun).toMatchObject({
          event: 'run-begun',
          run,
          mergedBy: 'author',
          approvals: [{ login: 'reviewer' }],
          webhook: { delivery, event: 'pull_request', sender: 'author' },
        });
      });

      test('whose plan came out differently applies nothing, shows the difference and asks again', async () => {
        const repository = await createTestRepository(world, 'stale');
        await (await repository.propose({ [template]: subnets(2) })).land();
        const pull = await repository.propose({ [template]: subnets(2).replace('shop-team', 'web-team') });
        await pull.planned();
        await pull.approve();
        await pull.until('three green checks', isGreen);
        // Past every pull request, so that the merged template is not the one that was planned.
        const elsewhere = subnets(2).replace('10.1.1.0/24', '10.1.9.0/24');
        await repository.push('main', { [template]: elsewhere }, { as: 'operator' });
        await pull.merge();
        const seen = await pull.until('a word about it', (s) => s.comment.includes('Out of date'));
        expect(seen.comment).toContain('the plan is not the approved one');
        expect(seen.comment).toContain('10.1.9.0/24');
        await pull.until('an open check', (s) => s.checks['slipway/plan']?.conclusion === 'action_required');
        expect(states(repository)).toEqual({ dev: ['in_progress', 'success'] });
        await pull.approve();
        await pull.until('the comment to say Applied', isApplied);
        const subnet = (await world.cloud(repository.stack)).find((r) => r.detail.startsWith('10.1.9.0/24'));
        expect(subnet?.tags['slipway:logical-id']).toBe('Subnet1');
      });

      test('plans the other pull requests on the same stack again', async () => {
        const repository = await createTestRepository(world, 'two-at-once');
        const first = await repository.propose({ [template]: network() });
        const second = await repository.propose({ [template]: subnets(1) });
        await second.planned();
        expect(second.look().comment).toContain('`+2 ~0 ±0 -0`');
        await first.land();
        const seen = await second.until('the second plan', (s) => s.comment.includes('`+1 ~0 ±0 -0`'));
        expect(seen.planComments).toBe(1);
      });

      test('leaves the approval of another one alone that changes something else in the same template', async () => {
        const repository = await createTestRepository(world, 'side-by-side');
        await (await repository.propose({ [template]: subnets(2) })).land();
        const first = await repository.propose({ [template]: subnets(3) });
        const second = await repository.propose({ [template]: subnets(2).replace('shop-team', 'web-team') });
        await second.planned();
        await second.approve();
        await second.until('three green checks', isGreen);
        const before = second.look().comment;
        await first.land();
        await second.merge();
        const seen = await second.until('the comment to say Applied', isApplied);
        expect(before).toContain('`+0 ~1 ±0 -0`');
        expect(seen.comment).toContain('`+0 ~1 ±0 -0`');
        expect(await world.cloud(repository.stack)).toHaveLength(4);
      });

      test('of two at once on one stack applies both, each as it was approved', async () => {
        const repository = await createTestRepository(world, 'both-at-once');
        await (await repository.propose({ [template]: subnets(2) })).land();
        const pulls = [
          await repository.propose({ [template]: subnets(2).replace('shop-team', 'web-team') }),
          await repository.propose({ [template]: subnets(2).replace('10.1.1.0/24', '10.1.9.0/24') }),
        ];
        for (const pull of pulls) await pull.planned();
        for (const pull of pulls) await pull.approve();
        for (const pull of pulls) await pull.until('three green checks', isGreen);
        await Promise.all(pulls.map((pull) => pull.merge()));
        for (const pull of pulls) await pull.until('the comment to say Applied', isApplied);
      });
    });

    describe('that fails, of two templates in two environments', () => {
      const promoted = settings.replace(
        'operators:',
        `  prod:
    region: eu-west-1
    after: [dev]
    approvals: [{ from: ["@operator"], count: 1 }]
operators:`,
      );
      let repository: TestRepository;
      let pull: PullRequest;

      test('is red everywhere: three lists, the deployment, the check, an issue; prod is held back', async () => {
        repository = await createTestRepository(world, 'failing', { '.github/slipway.yml': promoted });
        pull = await repository.propose({ [template]: server(), 'infra/web.yaml': network() });
        await pull.planned();
        await pull.approve('reviewer');
        await pull.approve('operator');
        await pull.until('three green checks', isGreen);
        world.proxy.rules.add({ match: { action: 'RunInstances' }, fault: noCapacity });
        await pull.merge();
        const seen = await pull.until('the failure', isFailed);
        expect(seen.comment).toContain('3 done, 1 failed');
        expect(seen.comment).toContain('prod comes after dev, which has not been applied');
        await pull.until('a red check', (s) => s.checks['slipway/plan']?.conclusion === 'failure');
        expect(states(repository)).toEqual({ dev: ['in_progress', 'failure'] });
        expect(await kinds(repository.stack)).toEqual(['security group', 'subnet', 'vpc']);
        expect(await kinds(`${repository.fullName}:infra/web.yaml@dev`)).toEqual(['vpc']);
        const [issue, ...more] = repository.issues();
        expect(more).toEqual([]);
        expect(issue).toMatchObject({
          state: 'open',
          title: expect.stringContaining('infra/shop.yaml in dev'),
        });
        expect(issue?.body).toContain(`#${pull.number}`);
        expect(issue?.body).toContain('sufficient t3.micro capacity');
        for (const list of ['**1 resource failed**', '**3 done**']) {
          expect(issue?.body).toContain(list);
        }
      });

      test('fails again when it is retried, which opens no second issue', async () => {
        await pull.say('operator', '/slipway retry');
        await pull.until('the second failure', () => states(repository).dev?.length === 4);
        expect(states(repository).dev?.slice(2)).toEqual(['in_progress', 'failure']);
        expect(repository.issues()).toHaveLength(1);
      });

      test('is finished by /slipway retry without another approval; prod follows, the issue is closed', async () => {
        world.proxy.rules.clear();
        await pull.say('operator', '/slipway retry');
        await pull.until('the comment to say Applied', isApplied);
        expect(await kinds(repository.stack)).toEqual(['instance', 'security group', 'subnet', 'vpc']);
        expect(states(repository).dev?.slice(4)).toEqual(['in_progress', 'success']);
        expect(states(repository).prod).toEqual(['in_progress', 'success']);
        expect(await kinds(`${repository.fullName}:infra/web.yaml@prod`)).toEqual(['vpc']);
        expect(await kinds(`${repository.fullName}:infra/web.yaml@dev`)).toEqual(['vpc']);
        expect(repository.issues().map((i) => i.state)).toEqual(['closed']);
        await pull.until('three green checks', isGreen);
      });
    });

    describe('that an operator cancels', () => {
      const isCancelled = (seen: Seen) => /^## ⏹️ Apply cancelled/m.test(seen.comment);
      const web = 'infra/web.yaml';
      let repository: TestRepository;
      let pull: PullRequest;

      test('stops between two resources, says so everywhere, and begins nothing else', async () => {
        repository = await createTestRepository(world, 'cancelled');
        pull = await repository.propose({ [template]: subnets(3), [web]: network('10.9.0.0/16') });
        await pull.planned();
        await pull.approve();
        await pull.until('three green checks', isGreen);
        world.proxy.rules.add({
          match: { action: 'CreateVpc' },
          fault: { kind: 'delay', ms: 8_000, when: 'after' },
        });
        await pull.merge();
        await pull.until('the progress', (s) => s.comments.some((c) => /^## 🔵 Applying/m.test(c.body)));
        await pull.say('author', '/slipway cancel');
        await pull.until('a refusal', (s) =>
          s.comments.some((c) => c.body.includes('may not give commands')),
        );
        await pull.say('operator', '/slipway cancel');
        const seen = await pull.until('the cancel', isCancelled);
        expect(seen.comment).toContain('1 done, 3 not started');
        expect(seen.comment).toContain('/slipway retry');
        await pull.until('a red check', (s) => s.checks['slipway/plan']?.conclusion === 'failure');
        expect(states(repository)).toEqual({ dev: ['in_progress', 'failure'] });
        expect(await kinds(repository.stack)).toEqual(['vpc']);
        expect(await kinds(`${repository.fullName}:${web}@dev`)).toEqual([]);
        expect(repository.issues()).toEqual([]);
        await pull.say('operator', '/slipway cancel');
        await pull.until('another refusal', (s) =>
          s.comments.some((c) => c.body.includes('nothing of this pull request is being applied')),
        );
      });

      test('goes on by /slipway retry without another approval', async () => {
        world.proxy.rules.clear();
        await pull.say('operator', '/slipway retry');
        await pull.until('the comment to say Applied', isApplied);
        expect(await kinds(repository.stack)).toEqual(['subnet', 'subnet', 'subnet', 'vpc']);
        expect(await kinds(`${repository.fullName}:${web}@dev`)).toEqual(['vpc']);
        expect(states(repository).dev?.slice(2)).toEqual(['in_progress', 'success']);
        await pull.until('three green checks', isGreen);
        const entries = await audited(world, repository.fullName);
        const by = (event: string) => entries.filter((e) => e.event === event);
        expect(by('commanded').map((e) => `${e.command} by ${e.by}`)).toEqual([
          'approve by reviewer',
          'cancel by operator',
          'retry by operator',
        ]);
        expect(by('run-ended')[0]).toMatchObject({ status: 'cancelled', cancelledBy: 'operator' });
        // The merge, and who had it gone on with.
        const retry = by('commanded')[2]!.webhook as object;
        expect(by('run-begun').map((e) => (e.webhook as { event: string }).event)).toEqual([
          'pull_request',
          'issue_comment',
          'issue_comment',
        ]);
        for (const run of by('run-begun').slice(1)) expect(run.webhook).toMatchObject(retry);
      });
    });
  },
  { environment: traces.environment },
);

/** With a resource beside what there is, of which the value is secret. */
function parameterIn(resources: string): string {
  return resources.replace(
    'Resources:',
    `Resources:
  Password1:
    Type: AWS::SSM::Parameter
    DependsOn: Vpc
    Properties: { Type: String, Value: !Ref Password }`,
  );
}
