import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import { invert, topologicalOrder } from '../../src/plan/order.ts';
import type { DesiredResource } from '../../src/stack/stack.ts';
import { planned, record, ref, thing } from './planned.ts';

/** A graph without circles: each node may need those before it. */
const graph = fc
  .array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 12 })
  .map(
    (all) =>
      new Map(all.map((needs, i) => [`N${i}`, [...new Set(needs.filter((n) => n < i).map((n) => `N${n}`))]])),
  );

describe('the order of a graph', () => {
  test('has each node once, after all that it needs', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const order = topologicalOrder(nodes);
        expect([...order].sort()).toEqual([...nodes.keys()].sort());
        for (const [id, needs] of nodes) {
          for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(id));
        }
      }),
    );
  });

  test('does not depend on the order in which the graph is told', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const turned = new Map([...nodes].reverse().map(([id, needs]) => [id, [...needs].reverse()]));
        expect(topologicalOrder(turned)).toEqual(topologicalOrder(nodes));
      }),
    );
  });

  test('of a chain of 20,000 is found', () => {
    const nodes = new Map(Array.from({ length: 20_000 }, (_, i) => [`N${i}`, i === 0 ? [] : [`N${i - 1}`]]));
    expect(topologicalOrder(nodes).at(-1)).toBe('N19999');
  });

  test('names a circle, and ignores what is not in the graph', () => {
    expect(() =>
      topologicalOrder(
        new Map([
          ['A', ['B']],
          ['B', ['C']],
          ['C', ['B']],
        ]),
      ),
    ).toThrow('B -> C -> B');
    expect(topologicalOrder(new Map([['A', ['Elsewhere']]]))).toEqual(['A']);
  });

  test('the other way round has the same edges', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const back = invert(invert(nodes));
        expect([...back.keys()]).toEqual([...nodes.keys()]);
        for (const [id, needs] of nodes) expect([...back.get(id)!].sort()).toEqual([...needs].sort());
      }),
    );
  });
});

describe('plans between random graphs', () => {
  const version = graph.chain((nodes) =>
    fc
      .array(
        fc.record({ size: fc.constantFrom(1, 2), note: fc.constantFrom('a', 'b'), absent: fc.boolean() }),
        {
          minLength: nodes.size,
          maxLength: nodes.size,
        },
      )
      .map((choices) => resourcesOf(nodes, choices)),
  );

  test('there is one change for each resource of either, in the order of their names', () => {
    fc.assert(
      fc.property(version, version, (before, after) => {
        const plan = planned({ desired: after, recorded: recordsOf(before) });
        const ids = new Set([...before, ...after].map((r) => r.logicalId));
        expect(plan.changes.map((c) => c.logicalId)).toEqual([...ids].sort());
      }),
    );
  });

  test('from a version to itself nothing changes', () => {
    fc.assert(
      fc.property(version, (both) => {
        const plan = planned({ desired: both, recorded: recordsOf(both) });
        expect(plan.changes.filter((c) => c.action !== 'none')).toEqual([]);
      }),
    );
  });

  test('whatever refers to what is made or replaced is itself changed', () => {
    fc.assert(
      fc.property(version, version, (before, after) => {
        const plan = planned({ desired: after, recorded: recordsOf(before) });
        const actions = new Map(plan.changes.map((c) => [c.logicalId, c.action]));
        for (const { logicalId, dependsOn } of after) {
          const isNew = (id: string) => ['create', 'replace'].includes(actions.get(id)!);
          if (dependsOn.some(isNew)) expect(actions.get(logicalId)).not.toBe('none');
        }
      }),
    );
  });
});

function resourcesOf(
  nodes: ReadonlyMap<string, readonly string[]>,
  choices: readonly { size: number; note: string; absent: boolean }[],
): DesiredResource[] {
  const there = new Set([...nodes.keys()].filter((_, i) => !choices[i]!.absent));
  return [...nodes].flatMap(([id, needs], i) => {
    if (!there.has(id)) return [];
    const dependsOn = needs.filter((need) => there.has(need)).sort();
    const { size, note } = choices[i]!;
    return [thing(id, { Size: size, Note: note, Refs: dependsOn.map(ref) }, { dependsOn })];
  });
}

/** As they stand in the state once they are applied. */
function recordsOf(resources: readonly DesiredResource[]) {
  return resources.map(({ logicalId, properties, dependsOn }) => {
    const Refs = dependsOn.map((id) => `${id.toLowerCase()}-1`);
    return record(logicalId, { ...(properties as Properties), Refs }, { dependsOn });
  });
}
