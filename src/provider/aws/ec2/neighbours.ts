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
  const name = isObject(value) ? referenced(value) : undefined;
  if (name !== undefined) return others.find(({ logicalId }) => logicalId === name);
  return others.find(({ physicalId }) => physicalId !== undefined && physicalId === value);
}

function referenced(expression: Properties): string | undefined {
  const getAtt = expression['Fn::GetAtt'];
  const name = expression.Ref ?? (Array.isArray(getAtt) ? getAtt[0] : undefined);
  return typeof name === 'string' ? name : undefined;
}
