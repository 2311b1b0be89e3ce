/**
 * Where the boxes of a picture go: layered from left to right, so that every arrow leads onwards. The method is
 * Sugiyama's (1981): a layer for each node by its longest path, bends where an edge passes a layer, an order in each
 * layer by barycentres, and then places that stray the least from what they are joined to.
 */
import { layersOf } from './graph-layers.ts';
import type { Graph } from './graph-model.ts';
import { inversionsOf, settle } from './graph-places.ts';

/** A box, or a bend, of a layer: where its middle is, from top to bottom. */
interface Slot {
  readonly id: string;
  readonly layer: number;
  readonly height: number;
  y: number;
}

export interface PlacedNode {
  readonly id: string;
  readonly column: number;
  /** The middle. */
  readonly y: number;
}

/** A piece of an edge between neighbouring columns; `end` where it reaches the box that needs. */
export interface Segment {
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  /** Whether it begins, or ends, at a box; else it passes through the column. */
  readonly starts: boolean;
  readonly ends: boolean;
}

export interface Layout {
  readonly nodes: readonly PlacedNode[];
  readonly segments: readonly Segment[];
  /** How many columns there are, and how high the highest of them is. */
  readonly columns: number;
  readonly height: number;
}

export interface Sizes {
  readonly box: number;
  /** Between two boxes of a column. */
  readonly gap: number;
  /** What a passing edge takes of a column. */
  readonly bend: number;
}

/** More bends than this take longer than a picture is worth; edges then lead straight through what is between. */
const mostBends = 6_000;
const sweeps = 12;
const rounds = 8;

/** Lays out a graph without circles; an edge that would close one is drawn backwards, so that nothing is lost. */
export function layOut(graph: Graph, sizes: Sizes): Layout {
  const joined = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const layered = layOutJoined({ ...graph, nodes: graph.nodes.filter((n) => joined.has(n.id)) }, sizes);
  // What hangs on nothing would be in the way of what does, wherever it stood: it goes below, in rows.
  const single = graph.nodes.filter((n) => !joined.has(n.id));
  const columns = Math.max(layered.columns, Math.min(single.length, Math.ceil(Math.sqrt(single.length / 2))));
  const row = sizes.box + sizes.gap;
  const placed = single.map(({ id }, i) => ({
    id,
    column: i % columns,
    y: layered.height + Math.floor(i / columns) * row + row / 2,
  }));
  const height = layered.height + Math.ceil(single.length / Math.max(1, columns)) * row;
  return { nodes: [...layered.nodes, ...placed], segments: layered.segments, columns, height };
}

function layOutJoined(graph: Graph, sizes: Sizes): Layout {
  const layers = layersOf(graph);
  const slots = new Map<string, Slot>();
  const rows: Slot[][] = [];
  const put = (id: string, layer: number, height: number): Slot => {
    const slot: Slot = { id, layer, height, y: 0 };
    rows[layer] ??= [];
    rows[layer].push(slot);
    slots.set(id, slot);
    return slot;
  };
  for (const { id } of graph.nodes) put(id, layers.get(id)!, sizes.box + sizes.gap);
  const joints = joinsOf(graph, layers, (id, layer) => slots.get(id) ?? put(id, layer, sizes.bend));
  for (let i = 0; i < rows.length; i++) rows[i] ??= [];

  arrange(rows, joints, (id) => slots.get(id)!);
  const all = [...slots.values()];
  const top = all.reduce((least, s) => Math.min(least, s.y - s.height / 2), Number.POSITIVE_INFINITY);
  const bottom = all.reduce((most, s) => Math.max(most, s.y + s.height / 2), Number.NEGATIVE_INFINITY);
  const placed = new Map(all.map((s) => [s.id, { id: s.id, column: s.layer, y: s.y - top }]));
  const isBox = new Set(graph.nodes.map((n) => n.id));
  return {
    nodes: graph.nodes.map((n) => placed.get(n.id)!),
    segments: joints.map(([from, to]) => ({
      from: placed.get(from)!,
      to: placed.get(to)!,
      starts: isBox.has(from),
      ends: isBox.has(to),
    })),
    columns: rows.length,
    height: all.length === 0 ? 0 : bottom - top,
  };
}

/**
 * The edges as pieces from a layer to the next. All edges of a box that pass a layer share one bend in it: a VPC that
 * everything needs has one line through the picture that branches, and not a hundred side by side.
 */
function joinsOf(
  { edges }: Graph,
  layers: ReadonlyMap<string, number>,
  bend: (id: string, layer: number) => Slot,
): readonly (readonly [string, string])[] {
  const joints = new Map<string, readonly [string, string]>();
  let bends = 0;
  for (const { from, to } of edges) {
    const [first, last] = [layers.get(from)!, layers.get(to)!];
    let at = from;
    for (let layer = first + 1; layer < last && bends < mostBends; layer++) {
      // No logical id has a line feed.
      const id = `${from}\n${layer}`;
      const joint = `${at}\n\n${id}`;
      if (!joints.has(joint)) bends++;
      bend(id, layer);
      joints.set(joint, [at, id]);
      at = id;
    }
    joints.set(`${at}\n\n${to}`, [at, to]);
  }
  return [...joints.values()];
}

/** Orders each layer and gives every slot its place. */
function arrange(
  rows: readonly Slot[][],
  joints: readonly (readonly [string, string])[],
  slot: (id: string) => Slot,
): void {
  const before = new Map<string, Slot[]>();
  const after = new Map<string, Slot[]>();
  const note = (map: Map<string, Slot[]>, id: string, other: Slot) => {
    const list = map.get(id);
    if (list) list.push(other);
    else map.set(id, [other]);
  };
  for (const [from, to] of joints) {
    note(before, to, slot(from));
    note(after, from, slot(to));
  }
  for (const row of rows) settle(row, () => 0);
  let best = { crossings: crossingsOf(rows, after), orders: rows.map((row) => [...row]) };
  for (let sweep = 0; sweep < sweeps && best.crossings > 0; sweep++) {
    const forth = sweep % 2 === 0;
    const joined = (s: Slot) => (forth ? before : after).get(s.id) ?? [];
    const pull = (s: Slot) => mean(joined(s).map((other) => other.y)) ?? s.y;
    for (const row of forth ? rows : [...rows].reverse()) {
      const pulls = new Map(row.map((s) => [s, pull(s)]));
      // Stable: what is pulled to the same place keeps its order, which is that of the names.
      row.sort((a, b) => pulls.get(a)! - pulls.get(b)!);
      settle(row, (s) => pulls.get(s)!);
    }
    const crossings = crossingsOf(rows, after);
    // A sweep may make it worse; that is what it takes to get out of what looks best nearby.
    if (crossings < best.crossings) best = { crossings, orders: rows.map((row) => [...row]) };
  }
  for (const [i, order] of best.orders.entries()) rows[i]!.splice(0, order.length, ...order);
  // At last by both sides at once, so that a line runs straight through where it can.
  for (const row of rows) settle(row, () => 0);
  for (let round = 0; round < rounds; round++) {
    const both = (s: Slot) =>
      mean([...(before.get(s.id) ?? []), ...(after.get(s.id) ?? [])].map((other) => other.y));
    for (const row of round % 2 === 0 ? rows : [...rows].reverse()) settle(row, (s) => both(s) ?? s.y);
  }
}

/** How many lines cross, between any two neighbouring columns. */
function crossingsOf(
  rows: readonly (readonly Slot[])[],
  after: ReadonlyMap<string, readonly Slot[]>,
): number {
  const places = new Map(rows.flatMap((row) => row.map((s, i) => [s, i] as const)));
  let crossings = 0;
  for (const row of rows) {
    const ends = row.flatMap((s) =>
      (after.get(s.id) ?? []).map((other) => places.get(other)!).sort((a, b) => a - b),
    );
    crossings += inversionsOf(ends);
  }
  return crossings;
}

function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
