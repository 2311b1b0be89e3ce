/** After a merge that did not reach its template: back, on, or out of the others' way, in a world that stops anywhere. */
import { describe, expect, test } from 'vitest';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { hearComment } from '../../src/workflow/hear-comment.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import { settledElsewhere } from '../../src/workflow/settled-elsewhere.ts';
import { showSettled } from '../../src/workflow/show-settled.ts';
import { approved, file, type Hub, openHub, openWorld, stack, thingsNamed } from '../security/world.ts';

const refuses = (name: string) => async (made: string) => {
  if (made === name) throw new Error('AWS says no');
};
const makes = async () => {};

async function open(settings?: string) {
  const world = await openWorld();
  const hub = openHub(settings);
  const { workflow, cloud } = world;
  const names = () => [...cloud.things.keys()].sort();
  const look = async (number: number, of = stack) => {
    const record = await workflow.pullRequests.get(hub.fullName, number);
    const shown = [...hub.comments.values()].find((c) => c.id === record?.commentId)?.body ?? '';
    const review = record?.review.stacks.find((s) => s.stack === of);
    return { phase: record?.phase, stack: review?.phase, shown, decision: review?.decision };
  };
  /** Says it, does what follows, and gives the reply. */
  const say = async (number: number, login: string, body: string) => {
    const id = hub.say(number, login, body);
    for (const next of await hearComment(workflow, hub, number, id)) {
      if (next === 'merge') await applyMerge(workflow, hub, number);
      if (next === 'settle') await showSettled(workflow, hub, number);
    }
    return [...hub.comments.values()].find((c) => c.id > id && c.login === 'slipway[bot]')?.body ?? '';
  };
  const merge = async (number: number) => {
    hub.merge(number);
    return applyMerge(workflow, hub, number);
  };
  return { ...world, hub, names, look, say, merge };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** `a` and `b` are there; the second pull request was to make `c` and `d` of `b`, and `d` was refused. */
async function failed(): Promise<Opened> {
  const world = await open();
  const { workflow, cloud, hub, merge } = world;
  await approved(workflow, hub, 1, thingsNamed('a', 'b'));
  await merge(1);
  await approved(workflow, hub, 2, thingsNamed('a', 'c', 'd'));
  cloud.beforeCreate = refuses('d');
  await merge(2);
  cloud.beforeCreate = makes;
  return world;
}

describe('going back', () => {
  test('takes an approval of its own, said by another than the author, and ends where it was before', async () => {
    const { names, look, say } = await failed();
    const before = names();
    expect(before).toContain('c');
    await say(2, 'operator', '/slipway rollback');
    expect((await look(2)).shown).toContain('Going back to what #1 applied');
    expect((await look(2)).decision?.allowed).toBe(false);
    expect(await say(2, 'author', 'approve')).toContain('opened the pull request');
    expect(names()).toEqual(before);
    await say(2, 'reviewer', 'approve');
    expect(names()).toEqual(['a', 'b']);
    expect(await look(2)).toMatchObject({ phase: 'failed', stack: 'rolled-back' });
    expect((await look(2)).shown).toContain('the cloud is at what #1 applied');
  });

  test('is finished by whoever comes after a process that died in the middle of it', async () => {
    const { workflow, cloud, hub, names, look, say } = await failed();
    await say(2, 'operator', '/slipway rollback');
    cloud.things.delete('b');
    await say(2, 'operator', '/slipway plan');
    const stop = new AbortController();
    cloud.beforeCreate = async () => stop.abort(new Error('this process has to end'));
    await hearComment(workflow, hub, 2, hub.say(2, 'reviewer', 'approve'));
    await expect(applyMerge(workflow, hub, 2, stop.signal)).rejects.toThrow('interrupted');
    expect(await workflow.state.unfinishedRun(stack)).toBeDefined();
    cloud.beforeCreate = makes;
    await applyMerge(workflow, hub, 2);
    expect(names()).toEqual(['a', 'b']);
    expect((await look(2)).stack).toBe('rolled-back');
    const [last] = await workflow.state.runs(stack, 1);
    expect(last).toMatchObject({ status: 'succeeded', cause: { pullRequest: 2, by: 'operator' } });
    await applyMerge(workflow, hub, 2);
    expect((await workflow.state.runs(stack, 1))[0]?.id).toBe(last?.id);
  });

  test('that fails is gone on with by a retry, without another approval', async () => {
    const { workflow, cloud, names, look, say } = await failed();
    cloud.things.delete('b');
    cloud.beforeCreate = refuses('b');
    await say(2, 'operator', '/slipway rollback');
    await say(2, 'reviewer', 'approve');
    expect((await look(2)).stack).toBe('failed');
    expect((await look(2)).shown).toContain('goes on with going back');
    cloud.beforeCreate = makes;
    await say(2, 'operator', '/slipway retry');
    expect(names()).toEqual(['a', 'b']);
    expect((await look(2)).stack).toBe('rolled-back');
    expect((await workflow.state.runs(stack, 9)).map((r) => r.status)).toEqual([
      'succeeded',
      'failed',
      'failed',
      'succeeded',
    ]);
  });

  test('from a stack that was new deletes what was made of it', async () => {
    const { workflow, cloud, hub, names, look, say, merge } = await open();
    await approved(workflow, hub, 1, thingsNamed('a', 'b'));
    cloud.beforeCreate = refuses('b');
    await merge(1);
    expect(names()).toEqual(['a']);
    await say(1, 'operator', '/slipway rollback');
    expect((await look(1)).shown).toContain('Going back to nothing');
    await say(1, 'reviewer', 'approve');
    expect(names()).toEqual([]);
    expect((await look(1)).stack).toBe('rolled-back');
  });

  test('from what was applied works as well, until others have been applied on top', async () => {
    const { workflow, hub, names, look, say, merge } = await open();
    for (const [number, last] of [
      [1, 'b'],
      [2, 'c'],
    ] as const) {
      await approved(workflow, hub, number, thingsNamed('a', last));
      await merge(number);
    }
    expect(await say(1, 'operator', '/slipway rollback')).toContain('roll back `#2` first');
    expect(names()).toEqual(['a', 'c']);
    await say(2, 'operator', '/slipway rollback');
    await say(2, 'reviewer', 'approve');
    expect(names()).toEqual(['a', 'b']);
    expect(await look(2)).toMatchObject({ phase: 'failed', stack: 'rolled-back' });
    expect(await say(2, 'operator', '/slipway rollback')).toContain('rolled back already');
    expect(await say(2, 'operator', '/slipway retry')).toContain('was rolled back');
    // What was approved is approved still: it is the same plan.
    await say(2, 'operator', '/slipway apply');
    expect(names()).toEqual(['a', 'c']);
    expect(await look(2)).toMatchObject({ phase: 'settled', stack: 'applied' });
  });

  test('is nothing that somebody without the right can ask for', async () => {
    const world = await open('operators: ["@operator"]\nenvironments: { dev: { region: eu-west-1 } }\n');
    const { workflow, cloud, hub, look, say, merge } = world;
    await approved(workflow, hub, 1, thingsNamed('a', 'b'));
    cloud.beforeCreate = refuses('b');
    await merge(1);
    for (const command of ['rollback', 'unlock', 'retry', 'apply']) {
      for (const login of ['author', 'reviewer', 'stranger']) {
        expect(await say(1, login, `/slipway ${command}`)).toContain('may not give commands here');
      }
    }
    expect(await look(1)).toMatchObject({ phase: 'failed', stack: 'failed' });
    expect(await workflow.pullRequests.get(hub.fullName, 1)).not.toHaveProperty('unlocked');
  });
});

describe('while it is not settled', () => {
  const other = thingsNamed('a', 'c', 'e');

  test('nothing of another merge is applied, also where the process died before it told of the failure', async () => {
    const { workflow, cloud, hub, names, look, merge } = await open();
    await approved(workflow, hub, 1, thingsNamed('a', 'b'));
    await approved(workflow, hub, 2, other);
    cloud.beforeCreate = refuses('b');
    hub.merge(1);
    const writes: Hub = {
      ...hub,
      raiseIssue: async () => {
        throw new Error('kill -9');
      },
    };
    await expect(applyMerge(workflow, writes, 1)).rejects.toThrow('kill -9');
    cloud.beforeCreate = makes;
    await merge(2);
    expect(names()).toEqual(['a']);
    expect(await look(2)).toMatchObject({ phase: 'open', stack: 'held' });
    expect((await look(2)).shown).toContain('is held by #1**, whose apply failed');
  });

  test('a retry that succeeds settles it, and tells the merge that waits', async () => {
    const { workflow, hub, look, say, merge } = await failed();
    await approved(workflow, hub, 3, other);
    await merge(3);
    expect((await look(3)).stack).toBe('held');
    await say(2, 'operator', '/slipway retry');
    expect(await look(2)).toMatchObject({ phase: 'settled', stack: 'applied' });
    expect(await applyMerge(workflow, hub, 2)).toMatchObject({ changed: [3] });
    await applyMerge(workflow, hub, 3);
    expect((await look(3)).stack).not.toBe('held');
  });

  test('it is settled at the command line, which tells nobody: the sweep finds whom to tell', async () => {
    const { workflow, hub, look, merge } = await failed();
    await approved(workflow, hub, 3, other);
    await merge(3);
    expect(await settledElsewhere(workflow, hub)).toEqual([]);
    const environment = {
      name: 'dev',
      region: 'eu-west-1',
      account: '111111111111',
      after: [],
      approvals: [],
    };
    const source = { stack, environment, file, text: thingsNamed('a', 'c', 'd'), packs: [] };
    const cause = { by: 'operator' };
    const { status } = await applyStack(workflow, { source, cause, permit: async () => true });
    expect(status).toBe('succeeded');
    expect(await settledElsewhere(workflow, hub)).toMatchObject([{ kind: 'settle', number: 2 }]);
    expect(await showSettled(workflow, hub, 2)).toEqual([3]);
    expect((await look(2)).shown).toContain('**Settled** by the command line');
    expect(await settledElsewhere(workflow, hub)).toEqual([]);
    await applyMerge(workflow, hub, 3);
    expect((await look(3)).stack).not.toBe('held');
  });

  test('an operator unlocks it on the failed one alone; a failure after that holds it again', async () => {
    const { workflow, cloud, hub, names, look, say, merge } = await failed();
    await approved(workflow, hub, 3, other);
    expect((await look(3)).shown).toContain('is held by #2');
    await merge(3);
    expect(await say(3, 'operator', '/slipway unlock')).toContain('unlock');
    expect((await look(3)).stack).toBe('held');
    await say(2, 'operator', '/slipway unlock');
    expect((await look(2)).shown).toContain('Unlocked by `@operator`');
    cloud.beforeCreate = refuses('d');
    await say(2, 'operator', '/slipway retry');
    expect((await look(2)).shown).not.toContain('Unlocked by');
    await applyMerge(workflow, hub, 3);
    expect((await look(3)).stack).toBe('held');
    cloud.beforeCreate = makes;
    await say(2, 'operator', '/slipway unlock');
    expect(await applyMerge(workflow, hub, 3)).toMatchObject({ settled: [2] });
    expect(names()).toEqual(['a', 'c', 'e']);
    await showSettled(workflow, hub, 2);
    expect((await look(2)).shown).toContain('**Settled** by #3');
    // What has been fixed since is not undone.
    expect(await say(2, 'operator', '/slipway retry')).toContain('this is settled: `#3` has applied');
    await applyMerge(workflow, hub, 2);
    expect(names()).toEqual(['a', 'c', 'e']);
  });

  test('one that takes the template back is not held; without a going back before, it is what goes back', async () => {
    const { workflow, hub, names, look, merge } = await failed();
    await approved(workflow, hub, 3, thingsNamed('a', 'b'));
    expect((await look(3)).shown).toContain('Merging it settles #2');
    expect((await look(3)).shown).not.toContain('is held by');
    expect(await merge(3)).toMatchObject({ settled: [2] });
    expect(names()).toEqual(['a', 'b']);
    expect(await look(3)).toMatchObject({ phase: 'settled', stack: 'applied' });
    await showSettled(workflow, hub, 2);
    expect(await look(2)).toMatchObject({ phase: 'settled' });
  });

  test('what waited and is older than what settled it is in that, and is not applied over it', async () => {
    const { workflow, hub, names, look, merge } = await failed();
    await approved(workflow, hub, 3, other);
    await merge(3);
    expect((await look(3)).stack).toBe('held');
    await approved(workflow, hub, 4, thingsNamed('a', 'b'));
    expect(await merge(4)).toMatchObject({ changed: [3] });
    await applyMerge(workflow, hub, 3);
    expect(names()).toEqual(['a', 'b']);
    expect(await look(3)).toMatchObject({ phase: 'settled', stack: 'applied' });
    expect((await look(3)).shown).toContain('was merged after this and has been applied');
  });
});

describe('a promotion', () => {
  const settings = (prod: string) => `environments:
  dev: { region: eu-west-1 }
  stage: { region: eu-west-1, after: [dev] }
  prod: { region: eu-west-1, after: [stage]${prod} }
`;
  const at = (environment: string) => `acme/shop:infra/a.yaml@${environment}`;
  const inEach = JSON.stringify({
    Resources: { A: { Type: 'Acme::Thing', Properties: { Name: { Ref: 'AWS::StackName' } } } },
  });
  const more = (name: string) =>
    JSON.stringify({
      Resources: {
        B: JSON.parse(inEach).Resources.A,
        C: { Type: 'Acme::Thing', Properties: { Name: name } },
      },
    });
  const progressOf = ({ hub }: Opened, number: number) =>
    [...hub.comments.values()].findLast(
      (c) => c.pullRequest === number && c.body.includes('slipway:progress:'),
    )?.body ?? '';
  const phases = async (world: Opened, number: number) =>
    Promise.all(['dev', 'stage', 'prod'].map(async (e) => (await world.look(number, at(e))).stack));

  test('of three stops where it fails, says where each environment is, and goes on by a retry of that one', async () => {
    const world = await open(settings(''));
    const { workflow, cloud, hub, look, say, merge, names } = world;
    await approved(workflow, hub, 1, inEach);
    cloud.beforeCreate = refuses('a-stage');
    await merge(1);
    expect(await phases(world, 1)).toEqual(['applied', 'failed', 'held']);
    const { shown } = await look(1);
    expect(shown).toContain('`dev` has it');
    expect(shown).toContain('`stage` has nothing of it finished');
    expect(shown).toContain('`prod` is as it was');
    expect(shown).toContain('`/slipway rollback stage`');
    cloud.beforeCreate = makes;
    expect(await say(1, 'operator', '/slipway retry prod')).toContain('nothing in prod has failed');
    await say(1, 'operator', '/slipway retry stage');
    expect(await phases(world, 1)).toEqual(['applied', 'applied', 'applied']);
    expect(names()).toEqual(['a-dev', 'a-prod', 'a-stage']);
  });

  test('of which two failed goes on with the one that a retry names, and leaves the other alone', async () => {
    const both = 'environments:\n  dev: { region: eu-west-1 }\n  stage: { region: eu-west-1 }\n';
    const world = await open(both);
    const { workflow, cloud, hub, say, merge, names } = world;
    await approved(workflow, hub, 1, inEach);
    cloud.beforeCreate = async () => {
      throw new Error('AWS says no');
    };
    await merge(1);
    expect((await phases(world, 1)).slice(0, 2)).toEqual(['failed', 'failed']);
    cloud.beforeCreate = makes;
    await say(1, 'operator', '/slipway retry dev');
    expect((await phases(world, 1)).slice(0, 2)).toEqual(['applied', 'failed']);
    expect(names()).toEqual(['a-dev']);
  });

  test('that is rolled back and reverted is settled as a whole: it asks for nothing and is in nobody’s way', async () => {
    const world = await open(settings(''));
    const { workflow, cloud, hub, look, say, merge, names } = world;
    const version = (name: string) => inEach.replace('"A"', name);
    await approved(workflow, hub, 1, version('"B"'));
    await merge(1);
    await approved(workflow, hub, 2, more('c'));
    cloud.beforeCreate = refuses('c');
    await merge(2);
    cloud.beforeCreate = makes;
    expect(await phases(world, 2)).toEqual(['failed', 'held', 'held']);
    expect(progressOf(world, 2)).toContain('❌ Apply failed');
    await say(2, 'operator', '/slipway rollback');
    expect(await phases(world, 2)).toEqual(['rolled-back', 'held', 'held']);
    expect(progressOf(world, 2)).toMatch(/↩️ Rolled back .*: nothing to do/);
    expect(await say(2, 'operator', '/slipway retry')).toContain(
      'so there is nothing to go on with. Comment',
    );
    await approved(workflow, hub, 3, version('"B"'));
    expect(await merge(3)).toMatchObject({ settled: [2] });
    await showSettled(workflow, hub, 2);
    const { phase, shown } = await look(2, at('dev'));
    expect(phase).toBe('settled');
    expect(shown).toContain('| ☑️ Settled by `#3` |');
    expect(shown).not.toMatch(/On hold|See to dev|`\/slipway (retry|unlock)`/);
    for (const verb of ['apply', 'retry', 'plan']) {
      const before = names();
      expect(await say(2, 'operator', `/slipway ${verb}`)).toContain('this is settled: `#3` has applied');
      expect(names()).toEqual(before);
    }
    await approved(workflow, hub, 4, more('e'));
    expect((await look(4, at('dev'))).shown).not.toContain('lands first');
  });

  test('waits where an environment is approved after the merge; what was said before does not count', async () => {
    const world = await open(settings(', approve: after-merge'));
    const { workflow, hub, look, say, merge, names } = world;
    hub.open(1, inEach);
    await reviewPullRequest(workflow, hub, 1);
    expect((await look(1)).shown).toContain('for prod, approval is asked for after the merge');
    expect(await say(1, 'reviewer', '/slipway approve prod')).toContain('is approved after the merge');
    await say(1, 'reviewer', 'approve');
    expect((await look(1)).shown).toMatch(/^## 🟢 Approved/m);
    await merge(1);
    expect(await phases(world, 1)).toEqual(['applied', 'applied', 'planned']);
    hub.open(2, more('c'));
    await reviewPullRequest(workflow, hub, 2);
    const { others } = (await workflow.pullRequests.get(hub.fullName, 2))!.review;
    expect(others?.map((o) => o.environment)).toEqual(['prod']);
    expect((await look(1)).shown).toMatch(/^## 🟡 Waiting for approval/m);
    expect((await look(1, at('prod'))).decision?.allowed).toBe(false);
    await applyMerge(workflow, hub, 1);
    expect(names()).toEqual(['a-dev', 'a-stage']);
    expect(await say(1, 'author', '/slipway approve prod')).toContain('does not count');
    expect(await say(1, 'reviewer', 'approve it')).toBe('');
    await say(1, 'reviewer', 'approve prod');
    expect(names()).toEqual(['a-dev', 'a-prod', 'a-stage']);
    expect(await look(1)).toMatchObject({ phase: 'settled' });
  });
});
