import { invert } from '../plan/order.ts';
import type { Graph } from './graph-model.ts';

/**
 * The column of each node: right of everything that it needs, and as far left as that allows, but what needs nothing
 * stands next to what needs it. A column takes only so many (Coffman and Graham, 1972): a thousand subnets of one VPC
 * would else stand in one that nobody can scroll.
 */
export function layersOf({ nodes, edges }: Graph): ReadonlyMap<string, number> {
  const needs = new Map(nodes.map((n) => [n.id, [] as string[]]));
  for (const { from, to } of edges) needs.get(to)!.push(from);
  const order = inOrder(needs);
  const most = Math.max(12, Math.ceil(Math.sqrt(nodes.length * 3)));
  const layers = new Map<string, number>();
  const taken: number[] = [];
  const take = (id: string, earliest: number) => {
    let layer = earliest;
    while ((taken[layer] ?? 0) >= most) layer++;
    taken[layer] = (taken[layer] ?? 0) + 1;
    layers.set(id, layer);
  };
  const dependents = invert(needs);
  for (const id of order) {
    const placed = needs.get(id)!.map((other) => layers.get(other) ?? -1);
    take(id, Math.max(-1, ...placed) + 1);
  }
  for (const id of order) {
    const users = dependents.get(id)!;
    if (needs.get(id)!.length > 0 || users.length === 0) continue;
    const nearest = Math.min(...users.map((user) => layers.get(user)!)) - 1;
    const now = layers.get(id)!;
    if (nearest <= now || (taken[nearest] ?? 0) >= most) continue;
    taken[now]!--;
    taken[nearest] = (taken[nearest] ?? 0) + 1;
    layers.set(id, nearest);
  }
  return layers;
}

/** What is needed first; what is on a circle, which no checked template has, comes last as it is. */
function inOrder(needs: ReadonlyMap<string, readonly string[]>): string[] {
  const dependents = invert(needs);
  const left = new Map([...needs].map(([id, others]) => [id, others.length]));
  const order = [...needs.keys()].filter((id) => left.get(id) === 0);
  for (let i = 0; i < order.length; i++) {
    for (const id of dependents.get(order[i]!)!) {
      left.set(id, left.get(id)! - 1);
      if (left.get(id) === 0) order.push(id);
    }
  }
  const seen = new Set(order);
  return [...order, ...[...needs.keys()].filter((id) => !seen.has(id))];
}
