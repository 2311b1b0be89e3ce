/** What becomes of a stack whose template is renamed, and of the pull requests beside it. */
import { afterAll, describe, expect, test } from 'vitest';
import type { EmbeddedDatabase } from '../../src/db/database.ts';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { hearComment } from '../../src/workflow/hear-comment.ts';
import type { ChangedFile } from '../../src/workflow/repository.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import { empty, openMemoryDatabase } from '../db/databases.ts';
import { file, type Hub, openHub, openWorld, stack, thingsNamed } from '../security/world.ts';

/** Path to text of a whole commit. */
type Tree = Readonly<Record<string, string>>;

interface Forge extends Hub {
  /** A pull request that changes these files, and what merging it makes; `head`, where its own commits differ from that. */
  propose(number: number, tree: Tree, files: readonly ChangedFile[], head?: Tree): void;
}

function openForge(): Forge {
  const hub = openHub();
  const trees = new Map<string, Tree>();
  const changed = new Map<number, readonly ChangedFile[]>();
  return {
    ...hub,
    propose(number, tree, files, head = tree) {
      hub.open(number, 'unread');
      changed.set(number, files);
      for (const commit of [`trial-${number}`, `merge-${number}`]) trees.set(commit, tree);
      trees.set(`head-${number}`, head);
    },
    changedFiles: async (number) => changed.get(number)!,
    async readFiles(revision, paths) {
      const tree = trees.get(revision);
      if (!tree) return hub.readFiles(revision, paths);
      return new Map(Object.entries(tree).filter(([path]) => paths.includes(path)));
    },
  };
}

let database: EmbeddedDatabase | undefined;
afterAll(() => database?.close());

async function open() {
  if (database) await empty(database);
  database ??= await openMemoryDatabase();
  const { workflow, cloud } = await openWorld(database);
  const forge = openForge();
  const plan = async (number: number) => {
    await reviewPullRequest(workflow, forge, number);
    const record = await workflow.pullRequests.get('acme/shop', number);
    return (record?.review.stacks ?? []).map((s) => ({
      stack: s.stack,
      file: s.file,
      from: s.plan?.movedFrom,
      does: s.plan?.changes.filter((c) => c.action !== 'none').map((c) => `${c.action} ${c.logicalId}`),
      told: s.diagnostics.map((d) => d.summary),
    }));
  };
  const say = (number: number, body: string) =>
    hearComment(workflow, forge, number, forge.say(number, 'reviewer', body));
  const merge = async (number: number) => {
    forge.merge(number);
    await applyMerge(workflow, forge, number);
    return phase(number);
  };
  const phase = async (number: number) =>
    (await workflow.pullRequests.get('acme/shop', number))?.review.stacks.map((s) => s.phase).join();
  const land = async (number: number, tree: Tree, ...files: ChangedFile[]) => {
    forge.propose(number, tree, files);
    await plan(number);
    await say(number, 'approve');
    return merge(number);
  };
  const recorded = async (id = stack) => {
    const found = await workflow.state.stack(id);
    return found && [found.file, found.status];
  };
  return { workflow, cloud, forge, plan, say, merge, phase, land, recorded };
}

const other = 'infra/b.yaml';
const third = 'infra/c.yaml';
const modified = (path: string): ChangedFile => ({ path, status: 'modified' });
const added = (path: string): ChangedFile => ({ path, status: 'added' });
const removed = (path: string): ChangedFile => ({ path, status: 'removed' });
const renamed = (previousPath: string, path: string): ChangedFile => ({
  path,
  status: 'renamed',
  previousPath,
});

describe('a template that is renamed while its stack lives', () => {
  test('and edited: the move and the changes are one plan, and nothing is made again', async () => {
    const { cloud, forge, plan, say, merge, land, recorded, workflow } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    const made = cloud.things.get('one');
    forge.propose(2, { [other]: thingsNamed('one', 'two') }, [renamed(file, other)]);
    expect(await plan(2)).toEqual([{ stack, file: other, from: file, does: ['create Two'], told: [] }]);
    await say(2, 'approve');
    expect(await merge(2)).toBe('applied');
    expect(cloud.things.get('one')).toBe(made);
    expect(cloud.things.get('two')?.tags['slipway:stack']).toBe(stack);
    expect(await recorded()).toEqual([other, 'applied']);
    expect(await workflow.state.stacks()).toHaveLength(1);
  });

  test('and nothing else: it waits for an approval, and one of before the rename is none', async () => {
    const { forge, plan, say, merge, land, phase, recorded } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(2, { [file]: thingsNamed('one', 'two') }, [modified(file)]);
    await plan(2);
    await say(2, 'approve');
    forge.propose(2, { [other]: thingsNamed('one', 'two') }, [renamed(file, other)]);
    await plan(2);
    expect(await merge(2)).toBe('stale');
    expect(await recorded()).toEqual([file, 'applied']);
    await say(2, 'approve');
    expect(await merge(2)).toBe('applied');
    expect(await phase(2)).toBe('applied');
    expect(await recorded()).toEqual([other, 'applied']);
  });

  test('by a process that dies in the middle: the next goes on, at the new path', async () => {
    const { workflow, cloud, forge, plan, say, land, recorded, phase } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(2, { [other]: thingsNamed('one', 'two', 'three') }, [renamed(file, other)]);
    await plan(2);
    await say(2, 'approve');
    forge.merge(2);
    const stop = new AbortController();
    cloud.beforeCreate = async () => stop.abort(new Error('this process has to end'));
    await expect(applyMerge(workflow, forge, 2, stop.signal)).rejects.toThrow('interrupted');
    const calls: string[] = [];
    cloud.beforeCreate = async (name) => void calls.push(name);
    expect(await recorded()).toEqual([other, 'applying']);
    await applyMerge(workflow, forge, 2);
    expect(await phase(2)).toBe('applied');
    expect(calls).toEqual(['three']);
    expect(await workflow.state.runs(stack, 9)).toHaveLength(2);
    expect(await recorded()).toEqual([other, 'applied']);
  });

  test('and whose apply fails: the retry needs no second approval, and a mending pull request changes it in place', async () => {
    const { cloud, forge, plan, say, merge, land, recorded } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    cloud.beforeCreate = async (name) => {
      if (name === 'two') throw new Error('not today');
    };
    expect(await land(2, { [other]: thingsNamed('one', 'two') }, renamed(file, other))).toBe('failed');
    expect(await recorded()).toEqual([other, 'failed']);
    forge.propose(3, { [other]: thingsNamed('one', 'three') }, [modified(other)]);
    expect(await plan(3)).toMatchObject([{ stack, file: other, from: undefined, does: ['create Three'] }]);
    cloud.beforeCreate = async () => {};
    await say(2, '/slipway retry');
    expect(await merge(2)).toBe('applied');
  });

  test('and whose apply is gone back on: what the template held is back, and so is the path with the revert', async () => {
    const { workflow, cloud, forge, plan, say, merge, land, recorded, phase } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    cloud.beforeCreate = async (name) => {
      if (name === 'three') throw new Error('not today');
    };
    expect(await land(2, { [other]: thingsNamed('one', 'two', 'three') }, renamed(file, other))).toBe(
      'failed',
    );
    await say(2, '/slipway rollback');
    await applyMerge(workflow, forge, 2);
    await say(2, 'approve');
    await applyMerge(workflow, forge, 2);
    expect(await phase(2)).toBe('rolled-back');
    expect([...cloud.things.keys()]).toEqual(['one']);
    expect(await recorded()).toEqual([other, 'applied']);
    const aftermath = (await workflow.pullRequests.get('acme/shop', 2))?.review.stacks[0]?.aftermath;
    expect(aftermath).toMatchObject({ restore: [file], remove: [other] });
    const restores = async (number: number) =>
      (await workflow.pullRequests.get('acme/shop', number))?.review.stacks[0]?.hold?.restores;
    forge.propose(4, { [other]: thingsNamed('one') }, [modified(other)]);
    await plan(4);
    forge.propose(5, { [other]: thingsNamed('one', 'five') }, [modified(other)]);
    await plan(5);
    expect([await restores(4), await restores(5)]).toEqual([true, false]);
    forge.propose(3, { [file]: thingsNamed('one') }, [renamed(other, file)]);
    expect(await plan(3)).toMatchObject([{ stack, file, from: other, does: [] }]);
    await say(3, 'approve');
    expect(await merge(3)).toBe('applied');
    expect(await recorded()).toEqual([file, 'applied']);
  });

  test('and merged without an approval: who changes it next moves it, and the old path is no stack of its own', async () => {
    const { cloud, forge, plan, say, merge, land, recorded } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(2, { [other]: thingsNamed('one') }, [renamed(file, other)]);
    await plan(2);
    expect(await merge(2)).toBe('planned');
    forge.propose(3, { [other]: thingsNamed('one', 'two') }, [modified(other)]);
    expect(await plan(3)).toMatchObject([{ stack, from: file, does: ['create Two'] }]);
    // Opened before: what merging it makes is at the new path.
    forge.propose(4, { [other]: thingsNamed('one', 'four') }, [modified(file)]);
    expect(await plan(4)).toMatchObject([{ stack, file: other, from: file, does: ['create Four'] }]);
    await say(3, 'approve');
    expect(await merge(3)).toBe('applied');
    expect([...cloud.things.keys()]).toEqual(['one', 'two']);
    expect(await recorded()).toEqual([other, 'applied']);
  });

  test('and merged while it could not be planned: who mends it plans the stack, and no new one', async () => {
    const { forge, plan, merge, land } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(2, { [other]: '{"Resources": {"One": {"Type": "Acme::Thin"}}}' }, [renamed(file, other)]);
    expect(await plan(2)).toMatchObject([{ stack, does: undefined }]);
    expect(await merge(2)).toBe('planned');
    forge.propose(3, { [other]: thingsNamed('one', 'two') }, [modified(other)]);
    expect(await plan(3)).toMatchObject([{ stack, file: other, from: file, does: ['create Two'] }]);
  });

  test('unseen: a change of the new one is told of the stack that has lost its template', async () => {
    const { forge, plan, land } = await open();
    await land(1, { [file]: thingsNamed('one'), [third]: thingsNamed('three') }, added(file), added(third));
    forge.propose(2, { [other]: thingsNamed('one', 'two'), [third]: thingsNamed('three') }, [
      modified(other),
    ]);
    const [shown] = await plan(2);
    expect(shown?.stack).toBe(stack.replace(file, other));
    expect(shown?.told).toEqual([
      `${other} gets a new stack in dev, where there is one of ${file}, which is not there any more`,
    ]);
    const tree = { [file]: thingsNamed('one'), [third]: thingsNamed('three') };
    forge.propose(3, { ...tree, [other]: thingsNamed('two') }, [modified(other)]);
    expect(await plan(3)).toMatchObject([{ told: [] }]);
  });

  test('unseen, among many stacks: the one that has lost its template is found, in one call', async () => {
    const { workflow, forge, plan } = await open();
    const paths = Array.from({ length: 60 }, (_, i) => `infra/${i}.yaml`);
    const place = { environment: 'dev', account: '111111111111', region: 'eu-west-1' };
    for (const path of paths) {
      const id = stack.replace(file, path);
      const lock = await workflow.state.lock(id, 'test', 60_000);
      const made = { ...place, id, file: path, outputs: {}, imports: [], updatedAt: '2026-01-01T00:00:00Z' };
      await workflow.state.putStack({ ...made, status: 'applied' }, lock!);
    }
    const still = paths.filter((path) => path !== paths[55]);
    const rest = Object.fromEntries(still.map((path, i) => [path, thingsNamed(`thing${i}`)]));
    let calls = 0;
    const { present } = forge;
    forge.present = function (...asked) {
      calls++;
      return present.apply(this, asked);
    };
    forge.propose(2, { ...rest, [other]: thingsNamed('one'), [third]: thingsNamed('three') }, [
      modified(other),
      modified(third),
    ]);
    const told = (await plan(2)).map((shown) => shown.told);
    expect(told).toEqual([
      [`${other} gets a new stack in dev, where there is one of ${paths[55]}, which is not there any more`],
      [`${third} gets a new stack in dev, where there is one of ${paths[55]}, which is not there any more`],
    ]);
    expect(calls).toBe(1);
  });

  test('and merged without an approval, and reverted: a change at the old path is one in place', async () => {
    const { forge, plan, merge, land } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(2, { [other]: thingsNamed('one') }, [renamed(file, other)]);
    await plan(2);
    await merge(2);
    expect(await land(3, { [file]: thingsNamed('one') }, renamed(other, file))).toBe('applied');
    forge.propose(4, { [file]: thingsNamed('one', 'two') }, [modified(file)]);
    expect(await plan(4)).toMatchObject([{ stack, file, from: undefined, does: ['create Two'] }]);
  });

  test('and merged without an approval, and taken back unseen: another template at the new path does not get its stack', async () => {
    const { cloud, forge, plan, say, merge, land } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(2, { [other]: thingsNamed('one') }, [renamed(file, other)]);
    await plan(2);
    await merge(2);
    // Somebody has pushed the old path back.
    const told = [`${file} was to move to ${other}, is not applied there yet, and is at its old path again`];
    forge.propose(3, { [file]: thingsNamed('one'), [other]: thingsNamed('two') }, [added(other)]);
    expect(await plan(3)).toMatchObject([{ stack, does: undefined, told }]);
    forge.propose(4, { [file]: thingsNamed('one') }, [removed(other)]);
    expect(await plan(4)).toMatchObject([{ stack, does: undefined, told }]);
    await say(4, 'approve');
    await merge(4);
    expect([...cloud.things.keys()]).toEqual(['one']);
    forge.propose(5, { [file]: thingsNamed('one', 'five') }, [modified(file)]);
    expect(await plan(5)).toMatchObject([{ stack, file, does: ['create Five'], told: [] }]);
  });

  test('twice, by two pull requests: the second is told, until it moves it from where it is', async () => {
    const { forge, plan, land, workflow } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(3, { [third]: thingsNamed('one') }, [renamed(file, third)]);
    await plan(3);
    forge.propose(2, { [other]: thingsNamed('one') }, [renamed(file, other)]);
    await plan(2);
    const shown = (await workflow.pullRequests.get('acme/shop', 2))?.review.others;
    expect(shown).toMatchObject([{ pullRequest: 3, overlap: { moves: { ours: other, theirs: third } } }]);
    await land(2, { [other]: thingsNamed('one') }, renamed(file, other));
    expect(await plan(3)).toMatchObject([
      {
        stack,
        file: third,
        does: undefined,
        told: [`${file} is ${other} by now: another pull request has moved it`],
      },
    ]);
    forge.propose(3, { [third]: thingsNamed('one') }, [renamed(other, third)]);
    expect(await plan(3)).toMatchObject([{ stack, file: third, from: other, does: [], told: [] }]);
  });

  test('under an open pull request that edits it: planned where merging has it, and not at all while it conflicts', async () => {
    const { forge, plan, land } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(3, { [file]: thingsNamed('one', 'two') }, [modified(file)]);
    expect(await plan(3)).toMatchObject([{ stack, file, does: ['create Two'] }]);
    await land(2, { [other]: thingsNamed('one') }, renamed(file, other));
    // GitHub could not merge it, so that what is read has the old path only.
    expect(await plan(3)).toMatchObject([
      {
        stack,
        file: other,
        does: undefined,
        told: [`${file} is ${other} by now: another pull request has moved it`],
      },
    ]);
    forge.propose(3, { [other]: thingsNamed('one', 'two') }, [modified(file)]);
    expect(await plan(3)).toMatchObject([{ stack, file: other, from: undefined, does: ['create Two'] }]);
  });

  test('after a merge that is not applied yet: what is left of that one is in the later one', async () => {
    const { workflow, cloud, forge, plan, merge, land, phase } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(2, { [file]: thingsNamed('one', 'two') }, [modified(file)]);
    await plan(2);
    expect(await merge(2)).toBe('planned');
    expect(await land(3, { [other]: thingsNamed('one', 'two') }, renamed(file, other))).toBe('applied');
    await applyMerge(workflow, forge, 2);
    expect(await phase(2)).toBe('applied');
    expect([...cloud.things.keys()]).toEqual(['one', 'two']);
  });

  test('leaves its path: a new template there is a stack of its own, with names of its own', async () => {
    const { cloud, land, recorded, workflow } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    await land(2, { [other]: thingsNamed('one') }, renamed(file, other));
    const named =
      '{"Resources":{"Two":{"Type":"Acme::Thing","Properties":{"Name":{"Ref":"AWS::StackName"}}}}}';
    expect(await land(3, { [file]: named, [other]: thingsNamed('one') }, added(file))).toBe('applied');
    expect(await recorded(stack.replace('@', '//2@'))).toEqual([file, 'applied']);
    expect([...cloud.things.keys()]).toEqual(['one', 'a-2-dev']);
    expect(await land(4, { [other]: thingsNamed('one') }, removed(file))).toBe('applied');
    expect([...cloud.things.keys()]).toEqual(['one']);
    expect((await workflow.state.stacks()).map((s) => [s.id, s.status])).toEqual([
      [stack.replace('@', '//2@'), 'destroyed'],
      [stack, 'applied'],
    ]);
  });

  test('so much rewritten that GitHub sees two files: destroyed and made anew, with how to have it moved', async () => {
    const { forge, plan, land } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    forge.propose(2, { [other]: thingsNamed('two') }, [removed(file), added(other)]);
    const [old, fresh] = await plan(2);
    expect(old).toMatchObject({ stack, does: ['delete One'] });
    expect(old?.told[0]).toMatch(/infra\/a\.yaml is removed.* made anew/);
    expect(fresh).toMatchObject({ stack: stack.replace(file, other), does: ['create Two'], told: [] });
  });

  test('onto the path of one that lives and goes in the same pull request: what is made anew is told', async () => {
    const { forge, plan, land } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    await land(2, { [file]: thingsNamed('one'), [other]: thingsNamed('two') }, added(other));
    forge.propose(3, { [other]: thingsNamed('one') }, [removed(file), modified(other)]);
    const onto = (await plan(3)).find((s) => s.file === other);
    expect(onto).toMatchObject({ does: ['create One', 'delete Two'] });
    expect(onto?.told[0]).toBe(
      'One would be destroyed with the stack of infra/a.yaml and made anew here, without what is in them',
    );
  });

  test.for([
    { what: 'out of the settings', to: 'attic/a.yaml', told: 'where the settings know no template' },
    { what: 'to where another stack lives', to: other, told: 'of which there is another stack in dev' },
  ])('$what: refused, and nothing is done', async ({ to, told }) => {
    const { cloud, forge, plan, merge, land } = await open();
    await land(1, { [file]: thingsNamed('one') }, added(file));
    await land(2, { [file]: thingsNamed('one'), [other]: thingsNamed('two') }, added(other));
    forge.propose(3, { [to]: thingsNamed('one') }, [renamed(file, to)]);
    const shown = (await plan(3)).find((s) => s.stack === stack);
    expect(shown).toMatchObject({ does: undefined, told: [expect.stringContaining(told)] });
    await merge(3);
    expect(cloud.things.has('one')).toBe(true);
  });
});
