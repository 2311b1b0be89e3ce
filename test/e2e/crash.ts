/** What the tests that kill Slipway share: how far they let it come, and what must be there in the end. */
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import type { CloudResource } from '../../src/sandbox/demo/read-cloud.ts';
import {
  createTestRepository,
  isGreen,
  type PullRequest,
  type TestRepository,
  template,
} from './repository.ts';
import type { World } from './shop.ts';

/** A template of the demo's story, without its export: the tests' repositories share an account, and its names. */
export async function chapter(name: string): Promise<string> {
  const file = new URL(`../../src/sandbox/demo/shop/${name}.yaml`, import.meta.url);
  return (await readFile(file, 'utf8')).replace(/^ +Export: .*\n/m, '');
}

/** Far longer than a test: the dead process is not there to see what would come of it. */
export const forEver = 120_000;

/** What the demo's template makes, by kind, of what the witness lists. */
export const wanted = {
  vpc: 1,
  subnet: 2,
  'internet gateway': 1,
  'route table': 1,
  'security group': 1,
  instance: 1,
  role: 1,
  'instance profile': 1,
};

export function crashes(world: World) {
  const approved = async (name: string, text: string, base?: TestRepository) => {
    const repository = base ?? (await createTestRepository(world, name));
    const pull = await repository.propose({ [template]: text });
    await pull.planned();
    await pull.approve();
    await pull.until('three green checks', isGreen);
    return { repository, pull };
  };

  const kindsOf = (cloud: readonly CloudResource[]) =>
    Object.fromEntries([...Map.groupBy(cloud, (r) => r.kind)].map(([kind, all]) => [kind, all.length]));

  /** Once each, and nothing that no stack owns. */
  const expectOnce = async ({ stack }: TestRepository, kinds: Readonly<Record<string, number>>) => {
    const cloud = await world.cloud(stack);
    expect(kindsOf(cloud)).toEqual(kinds);
    const names = cloud.map((r) => r.tags['slipway:logical-id']);
    expect(new Set(names).size).toBe(names.length);
    const unowned = (await world.cloud()).filter((r) => r.tags['slipway:stack'] === undefined);
    expect(unowned).toEqual([]);
  };

  /** Whoever looks at the pull request cannot tell that there was a crash. */
  const expectToldOnce = async (repository: TestRepository, pull: PullRequest) => {
    const seen = await pull.until('three green checks', isGreen);
    expect(seen.planComments).toBe(1);
    const progress = seen.comments.filter((c) => c.body.startsWith('<!-- slipway:progress'));
    expect(progress).toHaveLength(1);
    expect(progress[0]?.body).toMatch(/## ✅ Applied/);
    expect(repository.issues()).toEqual([]);
    const [deployment] = repository.deployments();
    expect(deployment?.states.at(-1)).toBe('success');
  };

  const expectEmptyPlan = async (repository: TestRepository, text: string) => {
    const again = await repository.propose({ [template]: `# The shop.\n${text}` });
    expect((await again.planned()).comment).toContain('Nothing to change');
    await again.close();
  };

  return { approved, expectOnce, expectToldOnce, expectEmptyPlan };
}
