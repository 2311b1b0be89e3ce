/** Which resource of a stack a value names, for the edges that references do not show. */
import { isObject, isUnknown, type Properties, type Value } from '../../../base/value.ts';
import type { Neighbour } from '../../provider.ts';

/** Whether two values name the same resource; an unknown one may name any. */
export function isSame(a: Value | undefined, b: Value | undefined, others: readonly Neighbour[]): boolean {
  if (a === undefined || b === undefined) return false;
  if (isUnknown(a) || isUnknown(b)) return true;
  const [left, right] = [neighbourOf(a, others), neighbourOf(b, others)];
  return left === undefined && right === undefined ? JSON.stringify(a) === JSON.stringify(b) : left === right;
}

/** The resource of this stack that `{ Ref }`, `{ Fn::GetAtt }` or a physical id names. */
export function neighbourOf(value: Value, others: readonly Neighbour[]): Neighbour | undefined {
  const { byLogicalId, byPhysicalId } = indexOf(others);
  const name = isObject(value) ? referenced(value) : undefined;
  if (name !== undefined) return byLogicalId.get(name);
  return typeof value === 'string' ? byPhysicalId.get(value) : undefined;
}

/** Those of one type. */
export function neighboursOf(type: string, others: readonly Neighbour[]): readonly Neighbour[] {
  return indexOf(others).byType.get(type) ?? [];
}

interface Index {
  readonly byLogicalId: ReadonlyMap<string, Neighbour>;
  readonly byPhysicalId: ReadonlyMap<string, Neighbour>;
  readonly byType: ReadonlyMap<string, readonly Neighbour[]>;
}

/** Every resource of a stack asks the same list: looking through it each time took seconds for ten thousand. */
const indexes = new WeakMap<readonly Neighbour[], Index>();

function indexOf(others: readonly Neighbour[]): Index {
  const known = indexes.get(others);
  if (known) return known;
  const index = {
    byLogicalId: new Map(others.map((one) => [one.logicalId, one])),
    byPhysicalId: new Map(others.flatMap((one) => (one.physicalId ? [[one.physicalId, one] as const] : []))),
    byType: Map.groupBy(others, ({ type }) => type),
  };
  indexes.set(others, index);
  return index;
}

function referenced(expression: Properties): string | undefined {
  const getAtt = expression['Fn::GetAtt'];
  const name = expression.Ref ?? (Array.isArray(getAtt) ? getAtt[0] : undefined);
  return typeof name === 'string' ? name : undefined;
}
