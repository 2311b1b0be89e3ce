/** In which order the stacks of one environment are planned and applied: each after those whose exports it takes. */
import { topologicalOrder } from '../plan/order.ts';
import { requiredFacts } from '../stack/resolve.ts';
import type { StackId } from '../stack/stack.ts';
import { stackNameOf } from '../stack/stack-id.ts';
import type { StackRecord } from '../state/state.ts';
import { findCircles } from '../template/circles.ts';
import { readSource } from './check-source.ts';
import type { StackSource } from './plan-stack.ts';
import type { Workflow } from './workflow.ts';

/** The exports that a stack will give and take, as far as its text alone tells. */
export interface StackInterface {
  readonly source: StackSource;
  readonly exports: readonly string[];
  readonly imports: readonly string[];
}

/** The sources in order, and for each the stacks of them that come before it. */
export interface StackOrder {
  readonly sources: readonly StackSource[];
  readonly before: ReadonlyMap<StackId, readonly StackId[]>;
  /** Every export that one of the stacks gives or gave. */
  readonly exports: ReadonlySet<string>;
}

/**
 * Orders stacks of one environment. Who takes an export comes after who gives it; who takes it no longer comes
 * before who gives it no longer. Stacks in a circle come as they were: the later one's plan says what is missing.
 */
export function orderStacks(
  workflow: Pick<Workflow, 'schemas' | 'defaultRegion'>,
  sources: readonly StackSource[],
  stacks: readonly StackRecord[],
): StackOrder {
  if (sources.length < 2) return { sources, before: new Map(), exports: new Set() };
  const ids = sources.map(({ stack }) => stack);
  const recorded = new Map(stacks.filter(({ id }) => ids.includes(id)).map((s) => [s.id, s]));
  const faces = sources.map((source) => interfaceOf(workflow, source));
  const needs = new Map(ids.map((id) => [id, new Set<StackId>()]));
  for (const taker of faces) {
    for (const giver of faces) {
      if (taker === giver) continue;
      if (taker.imports.some((name) => giver.exports.includes(name)))
        needs.get(taker.source.stack)!.add(giver.source.stack);
      else if (leaves(recorded, giver, taker)) needs.get(giver.source.stack)!.add(taker.source.stack);
    }
  }
  for (const [one, other] of findCircles(needs)) needs.get(one!)?.delete(other!);
  const place = new Map(
    topologicalOrder(inGivenOrder(ids, needs)).map((key, index) => [key.slice(6), index]),
  );
  return {
    sources: [...sources].sort((a, b) => place.get(a.stack)! - place.get(b.stack)!),
    before: new Map([...needs].map(([id, others]) => [id, [...others]])),
    exports: new Set([
      ...faces.flatMap((face) => face.exports),
      ...[...recorded.values()].flatMap(exportNames),
    ]),
  };
}

/** `topologicalOrder` breaks ties by name: names that begin with the place keep the order that was given. */
function inGivenOrder(
  ids: readonly StackId[],
  needs: ReadonlyMap<StackId, ReadonlySet<StackId>>,
): Map<string, readonly string[]> {
  const keys = new Map(ids.map((id, index) => [id, `${String(index).padStart(5, '0')} ${id}`]));
  return new Map(ids.map((id) => [keys.get(id)!, [...needs.get(id)!].map((other) => keys.get(other)!)]));
}

/** Whether an export that the taker has until now goes away with this change of the giver. */
function leaves(
  recorded: ReadonlyMap<StackId, StackRecord>,
  giver: StackInterface,
  taker: StackInterface,
): boolean {
  const given = exportNames(recorded.get(giver.source.stack));
  const taken = recorded.get(taker.source.stack)?.imports ?? [];
  return taken.some((name) => given.includes(name) && !giver.exports.includes(name));
}

function exportNames(record: StackRecord | undefined): readonly string[] {
  return Object.values(record?.outputs ?? {}).flatMap(({ exportName }) => exportName ?? []);
}

function interfaceOf(
  workflow: Pick<Workflow, 'schemas' | 'defaultRegion'>,
  source: StackSource,
): StackInterface {
  const { template, parameters } = readSource(workflow, source);
  if (!template) return { source, exports: [], imports: [] };
  const { region = workflow.defaultRegion ?? '', account } = source.environment;
  const { exports, imports } = requiredFacts(template, parameters, region, {
    stack: source.stack,
    stackName: stackNameOf(source.stack),
    ...(account === undefined ? {} : { account }),
  });
  return { source, exports, imports };
}
