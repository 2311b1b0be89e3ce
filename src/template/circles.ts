/**
 * Every circle in a graph of names, each as its shortest round trip from its first name: `[A, B, C]` where A needs
 * B, B needs C, and C needs A. Circles that share a name with one already found are left for the next time.
 * Iterative throughout: a chain may be as long as a template.
 */
export function findCircles(needs: ReadonlyMap<string, Iterable<string>>): string[][] {
  const edges = new Map<string, Set<string>>();
  for (const [name, others] of needs)
    edges.set(name, new Set([...others].filter((other) => needs.has(other))));
  const circles: string[][] = [];
  trim(edges);
  for (const start of [...edges.keys()].sort()) {
    if (!edges.has(start)) continue;
    const circle = shortestRoundTrip(start, edges);
    if (!circle) continue;
    circles.push(circle);
    remove(new Set(circle), edges);
    trim(edges);
  }
  return circles;
}

/** Takes away what needs nothing, again and again: none of it is on a circle. */
function trim(edges: Map<string, Set<string>>): void {
  const neededBy = new Map<string, string[]>();
  for (const [name, others] of edges) {
    for (const other of others) {
      const list = neededBy.get(other);
      if (list) list.push(name);
      else neededBy.set(other, [name]);
    }
  }
  const free = [...edges.keys()].filter((name) => edges.get(name)!.size === 0);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    edges.delete(name);
    for (const dependent of neededBy.get(name) ?? []) {
      const left = edges.get(dependent);
      if (left?.delete(name) && left.size === 0) free.push(dependent);
    }
  }
}

/** All at once: a circle may be as long as a template, and one name at a time would take its square. */
function remove(names: ReadonlySet<string>, edges: Map<string, Set<string>>): void {
  for (const name of names) edges.delete(name);
  for (const others of edges.values()) {
    for (const other of others) if (names.has(other)) others.delete(other);
  }
}

function shortestRoundTrip(start: string, edges: ReadonlyMap<string, Set<string>>): string[] | undefined {
  const cameFrom = new Map<string, string>();
  let frontier = [start];
  while (frontier.length > 0) {
    const next: string[] = [];
    for (const name of frontier) {
      for (const other of [...(edges.get(name) ?? [])].sort()) {
        if (other === start) return pathTo(name, start, cameFrom);
        if (cameFrom.has(other)) continue;
        cameFrom.set(other, name);
        next.push(other);
      }
    }
    frontier = next;
  }
  return undefined;
}

function pathTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const path = [end];
  while (path.at(-1) !== start) path.push(cameFrom.get(path.at(-1)!)!);
  return path.reverse();
}
