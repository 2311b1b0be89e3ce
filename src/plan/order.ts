/** Orders a graph so that what is needed comes first; ties by name, so that the order is always the same. */
export function topologicalOrder(nodes: ReadonlyMap<string, readonly string[]>): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  // Iterative: a chain of 10,000 resources would overflow the stack of a recursive walk.
  for (const root of [...nodes.keys()].sort()) {
    if (state.has(root)) continue;
    const path: { id: string; rest: string[] }[] = [{ id: root, rest: neighbours(root) }];
    state.set(root, 'open');
    while (path.length > 0) {
      const top = path.at(-1)!;
      const next = top.rest.shift();
      if (next === undefined) {
        state.set(top.id, 'done');
        order.push(top.id);
        path.pop();
      } else if (!state.has(next)) {
        state.set(next, 'open');
        path.push({ id: next, rest: neighbours(next) });
      } else if (state.get(next) === 'open') {
        const circle = path.slice(path.findIndex((p) => p.id === next)).map((p) => p.id);
        throw new Error(`Circular dependency: ${[...circle, next].join(' -> ')}`);
      }
    }
  }
  return order;

  function neighbours(id: string): string[] {
    return [...(nodes.get(id) ?? [])].filter((d) => nodes.has(d)).sort();
  }
}

/** The same edges the other way round: for each node, who needs it. */
export function invert(nodes: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const dependents = new Map<string, string[]>([...nodes.keys()].map((id) => [id, []]));
  for (const [id, needs] of nodes) {
    for (const need of needs) dependents.get(need)?.push(id);
  }
  return dependents;
}
